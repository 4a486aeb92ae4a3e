import { RetryableError } from '../../shared/errors/errors.ts';
import type { HttpClient } from '../../shared/http/http-client.ts';
import type { RunningVendor } from '../vendors/server.ts';
import type { VirtualTime } from './virtual-time.ts';

export type VendorName = 'fareharbor' | 'salesforce' | 'mailchimp';

/** A vendor that does not answer until we give up: with its work undone, or done. */
export type Silence = 'unheard' | 'unanswered';

/** The way to the vendors and back, which takes virtual time. */
export interface Lines {
  /** The next call of the vendor meets this silence. */
  fallSilent(vendor: VendorName, silence: Silence): void;
  /**
   * @param timeoutMs after which the caller gives up.
   * @param late the error that it then gives up with.
   */
  call<Result>(vendor: VendorName, timeoutMs: number, work: () => Promise<Result>, late: () => Error): Promise<Result>;
  /** A client on this way. It goes to the stand-in without a network: sockets would take most of the time. */
  http(vendor: VendorName, timeoutMs: number): HttpClient;
}

/** @param drawMs milliseconds that a call takes, drawn anew each time. */
export function linesIn(
  time: VirtualTime,
  servers: Readonly<Record<VendorName, RunningVendor>>,
  drawMs: () => number,
): Lines {
  const silences: Record<VendorName, Silence[]> = { fareharbor: [], salesforce: [], mailchimp: [] };
  const lines: Lines = {
    fallSilent: (vendor, silence) => silences[vendor].push(silence),
    async call(vendor, timeoutMs, work, late) {
      const silence = silences[vendor].shift();
      const takes = drawMs();
      if (silence === undefined) return await time.effect(takes, work);
      // What the vendor said of it nobody hears.
      if (silence === 'unanswered') await time.effect(takes, () => work().catch(() => undefined));
      return await time.effect(timeoutMs - (silence === 'unanswered' ? takes : 0), () => Promise.reject(late()));
    },
    http(vendor, timeoutMs) {
      const client = clientTo(servers[vendor]);
      const late = () => new RetryableError(`${vendor}.timeout`, `${vendor} did not answer within ${timeoutMs} ms`);
      return (request) => lines.call(vendor, timeoutMs, () => client(request), late);
    },
  };
  return lines;
}

/** Does as shared/http's client does over a network. */
function clientTo({ name, receive }: RunningVendor): HttpClient {
  return async ({ method, url, headers, body }) => {
    const { pathname: path, search } = new URL(url);
    const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
    const reply = await receive({ method, path, search, headers: lowerCase(headers), body: text });
    if (typeof reply === 'string') throw new RetryableError(`${name}.network`, `the connection to ${name} failed`);
    const said = typeof reply.body === 'object' ? JSON.stringify(reply.body) : String(reply.body ?? '');
    return { status: reply.status, headers: new Headers(reply.headers), text: said, json: parsed(said) };
  };
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A copy, so that nobody changes what the stand-in holds. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
