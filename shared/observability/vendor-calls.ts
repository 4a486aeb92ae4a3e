import { PermanentError, RetryableError } from '../errors/errors.ts';
import { correlation } from './correlation.ts';
import type { Log, LogFacts } from './logger.ts';

export type Vendor = 'fareharbor' | 'salesforce' | 'mailchimp' | 'model';

/** A call to a vendor that has ended. */
export interface VendorCall {
  readonly method: string;
  /** Where to: an address or only its path. */
  readonly url: string;
  /** The reply's; undefined where no whole reply came. */
  readonly status: number | undefined;
  readonly milliseconds: number;
  /** Our word for what went wrong, where something did. */
  readonly code: string | undefined;
}

/** Is told of each call. */
export type HearCall = (call: VendorCall) => void;

/** Milliseconds after which a call is told of that was answered well: every vendor usually takes a third of it. */
const SLOW_MS = 3_000;
/** Not there, says the vendor of what we ask for: an answer like others. */
const NOT_FOUND = 404;

/** Tells of a vendor's calls: of those refused, slow or tried again always, of all where a webhook is sampled. */
export function tellCalls(vendor: Vendor, log: Log): HearCall {
  return ({ method, url, status, milliseconds, code }) => {
    const attempt = correlation()?.attempt ?? 1;
    const failed = status === undefined || (status >= 400 && status !== NOT_FOUND);
    const facts: LogFacts = {
      vendor,
      route: `${method} ${routeOf(url)}`,
      status,
      ms: Math.round(milliseconds),
      code,
      ...(attempt > 1 && { attempt }),
    };
    if (failed) log.warn('vendor.called', facts);
    else if (milliseconds >= SLOW_MS || attempt > 1) log.info('vendor.called', facts);
    else log.debug('vendor.called', facts);
  };
}

/**
 * The path of an address with a star for each part that may name somebody or something: all but plain words and
 * versions. The query is left out.
 */
export function routeOf(url: string): string {
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  return path
    .split('/')
    .map((part) => (/^([a-z]+(-[a-z]+)*|v\d{1,3}(\.\d)?|\d\.\d)?$/.test(part) && part.length <= 20 ? part : '*'))
    .join('/');
}

/**
 * Makes a call and tells of it, however it ends.
 * @param statusOf the status of a reply.
 * @throws what the call throws.
 */
export async function heard<Reply>(
  hear: HearCall | undefined,
  { method, url }: Pick<VendorCall, 'method' | 'url'>,
  call: () => Promise<Reply>,
  statusOf: (reply: Reply) => number,
): Promise<Reply> {
  const begun = performance.now();
  const tell = (status: number | undefined, code?: string) =>
    hear?.({ method, url, status, milliseconds: performance.now() - begun, code });
  try {
    const reply = await call();
    tell(statusOf(reply));
    return reply;
  } catch (error) {
    tell(...failureOf(error));
    throw error;
  }
}

/** The status that an error of a vendor's client holds, and the code that one of ours does. */
function failureOf(error: unknown): [status: number | undefined, code?: string] {
  if (error instanceof RetryableError || error instanceof PermanentError) return [undefined, error.code];
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') return [error.status];
  return [undefined];
}
