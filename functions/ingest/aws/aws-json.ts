import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod/mini';
import { RetryableError } from '../../../shared/errors/errors.ts';
import type { AwsKeys } from './config.ts';
import { exchange, NoReply, type Reply } from './exchange.ts';

/** One operation of an AWS service in its JSON protocol. */
export interface Operation {
  /** The service's name in signatures, such as `sqs`. */
  readonly service: string;
  /** As the header X-Amz-Target has it, such as `AmazonSQS.SendMessage`. */
  readonly target: string;
  readonly protocol: '1.0' | '1.1';
}

export interface Caller {
  readonly region: string;
  readonly endpoint: string;
  readonly keys: () => AwsKeys;
  readonly patience?: Patience;
}

/** How long to try, in milliseconds. */
export interface Patience {
  /** To connect, TLS included; in the same region that takes some ten. */
  readonly connectMs: number;
  readonly tryMs: number;
  /** For all tries of a call together. */
  readonly altogetherMs: number;
  /** Before the second try at most; twice that before the third; each time at random below it. */
  readonly pauseMs: number;
}

/** A secret and a message after it still end within ingest's 10 s, with an answer to FareHarbor. */
export const PATIENCE: Patience = { connectMs: 1_000, tryMs: 2_500, altogetherMs: 4_500, pauseMs: 100 };
const TRIES = 3;

/** What AWS calls being asked too often, beside status 429. */
const THROTTLED =
  /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled|RequestThrottledException|TooManyRequestsException|RequestLimitExceeded|KmsThrottled|SlowDown)$/;

/**
 * Calls one operation of an AWS service: signs, posts, and tries again what a second try can mend (no reply, 5xx,
 * throttling). For two calls the AWS SDK would more than double what ingest takes to start.
 *
 * @returns the reply's JSON, unparsed by any schema.
 * @throws RetryableError `<service>.<reason>` naming the operation, never what was sent or answered.
 */
export async function callAws(operation: Operation, caller: Caller, input: object): Promise<unknown> {
  const { connectMs, tryMs, altogetherMs, pauseMs } = caller.patience ?? PATIENCE;
  const body = JSON.stringify(input);
  const until = performance.now() + altogetherMs;
  for (let tries = 1; ; tries += 1) {
    const wholeMs = Math.min(tryMs, until - performance.now());
    const outcome = await tryOnce(operation, caller, body, { connectMs, wholeMs });
    if (outcome.kind === 'done') return outcome.json;
    const wait = Math.random() * pauseMs * 2 ** (tries - 1);
    if (!outcome.again || tries === TRIES || performance.now() + wait >= until)
      throw failure(operation, outcome.reason);
    await pause(wait);
  }
}

type Outcome =
  | { readonly kind: 'done'; readonly json: unknown }
  | { readonly kind: 'failed'; readonly reason: string; readonly again: boolean };

async function tryOnce(
  operation: Operation,
  caller: Caller,
  body: string,
  within: Parameters<typeof exchange>[1],
): Promise<Outcome> {
  const url = new URL(caller.endpoint);
  const headers = await signed(operation, caller, url, body);
  try {
    return outcomeOf(await exchange({ url, headers, body }, within));
  } catch (error) {
    if (error instanceof NoReply) return { kind: 'failed', reason: error.reason, again: true };
    throw error;
  }
}

function outcomeOf(reply: Reply): Outcome {
  if (reply.status !== 200) {
    const reason = errorTypeOf(reply);
    return { kind: 'failed', reason, again: reply.status >= 500 || reply.status === 429 || THROTTLED.test(reason) };
  }
  try {
    return { kind: 'done', json: JSON.parse(reply.text) };
  } catch {
    return { kind: 'failed', reason: 'unreadable', again: true };
  }
}

const faultSchema = z.object({ __type: z.string() });

/** `com.amazonaws.sqs#QueueDoesNotExist` → `QueueDoesNotExist`; the status where the reply names nothing. */
function errorTypeOf({ status, text }: Reply): string {
  try {
    const name = faultSchema.parse(JSON.parse(text)).__type.split('#').at(-1) ?? '';
    if (/^\w{1,80}$/.test(name)) return name;
  } catch {
    // A gateway on the way answers in HTML.
  }
  return `status-${status}`;
}

function failure({ service, target }: Operation, reason: string): RetryableError {
  return new RetryableError(`${service}.${reason}`, `${target} failed: ${reason}`);
}

async function signed(
  { service, target, protocol }: Operation,
  { region, keys }: Caller,
  url: URL,
  body: string,
): Promise<Readonly<Record<string, string>>> {
  const { accessKeyId, secretAccessKey, sessionToken } = keys();
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: {
      host: url.host,
      'content-type': `application/x-amz-json-${protocol}`,
      'x-amz-target': target,
    },
    body,
  });
  return { ...headers, 'content-length': String(Buffer.byteLength(body)) };
}

/** SHA-256, and HMAC with it, as the signer asks for them. */
class Sha256 {
  readonly #make: () => Hash | Hmac;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret === undefined ? undefined : bytesOf(secret);
    this.#make = () => (key === undefined ? createHash('sha256') : createHmac('sha256', key));
    this.#hash = this.#make();
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#make();
  }
}

function bytesOf(secret: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof secret === 'string') return Buffer.from(secret);
  if (secret instanceof ArrayBuffer) return new Uint8Array(secret);
  return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength);
}
