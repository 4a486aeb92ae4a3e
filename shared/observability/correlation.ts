import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';

/** What leads to the work that is being done. */
export interface Correlation {
  /**
   * Found in every log line of that work, whichever function writes it: the API's id of the request that brought the
   * webhook; where no webhook did, a word that says what, and a random part.
   */
  readonly id: string;
  /** How often it was tried, this time included. */
  readonly attempt: number;
  /** The booking it is about, once that is known. */
  uuid?: string;
}

const current = new AsyncLocalStorage<Correlation>();

/** What leads to the work that is being done here; undefined outside of any. */
export function correlation(): Readonly<Correlation> | undefined {
  return current.getStore();
}

/** Does work in the name of what led to it; whatever it awaits, and whatever goes on beside it, belongs to its own. */
export function correlated<Result>(id: string, work: () => Result, attempt = 1): Result {
  return current.run({ id, attempt }, work);
}

/** Notes which booking the work is about: it is in all lines from now on, also in those of whoever had this done. */
export function isAbout(uuid: string): void {
  const here = current.getStore();
  if (here !== undefined) here.uuid = uuid;
}

/** A new id for work that no webhook led to. @param what a word that says which work. */
export function newCorrelationId(what: string): string {
  return `${what}-${crypto.randomUUID().slice(-12)}`;
}

/** Whether what an id stands for is among the share that is told of in detail: in every function alike. */
export function isSampled(id: string, share: number): boolean {
  return share > 0 && createHash('sha256').update(id).digest().readUInt32BE(0) < share * 2 ** 32;
}

/** The name of the message attribute that takes the id to the next function. */
export const CORRELATION_ATTRIBUTE = 'correlationId';

/** That attribute, for a message that is sent here. @param what stands before a new id where nothing led to this. */
export function correlationAttribute(what: string) {
  const StringValue = correlation()?.id ?? newCorrelationId(what);
  return { [CORRELATION_ATTRIBUTE]: { DataType: 'String', StringValue } } as const;
}
