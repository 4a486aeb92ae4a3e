import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { SinkName } from '../../records/booking-record.ts';

/**
 * The circuit between a sink and one company's account at its vendor. There is none while all is well. While it is
 * open nothing is sent but a probe from time to time; one answered probe closes it.
 */
export const circuitSchema = z.object({
  sink: z.string().min(1),
  company: z.string().min(1),
  state: z.enum(['open', 'probing', 'closed']),
  /** When it opened; of a closed one, when it closed. */
  since: z.iso.datetime(),
  /** The next probe may be made then; while one is made, then whoever makes it is taken for dead. Milliseconds. */
  probeAt: z.number(),
  failedProbes: z.int().min(0),
  /** What the vendor's last failure was, such as `salesforce.timeout`. */
  code: z.string(),
  /** Changes with each write. */
  revision: z.string(),
  /** After it, in seconds since the epoch, it no longer counts, and DynamoDB removes it. */
  expiresAt: z.int(),
});
export type Circuit = z.infer<typeof circuitSchema>;

/** What a vendor's failure says: its code, and the seconds it asked us to wait, where it did. */
export interface Failure {
  readonly code: string;
  readonly waitSeconds: number | undefined;
}

/** Most outages are short. */
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 300_000;
/** Longer than a function may run, so that a probe is over when the next one begins. */
const PROBE_MS = 45_000;
/** One that nobody has probed for so long has no messages waiting behind it. */
const KEPT_SECONDS = 3600;

/** Opened by a failure: the first probe is due when the vendor asked for it, a quarter of a minute later at the earliest. */
export function opened(sink: SinkName, company: string, failure: Failure, now: number): Circuit {
  const since = new Date(now).toISOString();
  const probeAt = now + waitMs(0, failure);
  return { sink, company, state: 'open', since, probeAt, failedProbes: 0, code: failure.code, ...written(now) };
}

/** Taken by the one who makes the probe. */
export function probing(circuit: Circuit, now: number): Circuit {
  return { ...circuit, state: 'probing', probeAt: now + PROBE_MS, ...written(now) };
}

/** The probe failed: the next one is due after twice the time, five minutes at most. */
export function reopened(circuit: Circuit, failure: Failure, now: number): Circuit {
  const failedProbes = circuit.failedProbes + 1;
  const probeAt = now + waitMs(failedProbes, failure);
  return { ...circuit, state: 'open', failedProbes, probeAt, code: failure.code, ...written(now) };
}

/** The probe's message had nothing to ask the vendor: another one may try at once. */
export function stillOpen(circuit: Circuit, now: number): Circuit {
  return { ...circuit, state: 'open', probeAt: now, ...written(now) };
}

/** The vendor answered. It is kept for an hour, to tell that what waited arrives now. */
export function closed(circuit: Circuit, now: number): Circuit {
  return { ...circuit, state: 'closed', since: new Date(now).toISOString(), ...written(now) };
}

/** Whether nothing but a probe may be sent. @param now in milliseconds since the epoch. */
export function isOpen({ state, expiresAt }: Circuit, now: number): boolean {
  return state !== 'closed' && expiresAt * 1000 > now;
}

/** Whether it closed within the last hour. */
export function closedLately({ state, expiresAt }: Circuit, now: number): boolean {
  return state === 'closed' && expiresAt * 1000 > now;
}

function written(now: number): Pick<Circuit, 'revision' | 'expiresAt'> {
  return { revision: randomUUID(), expiresAt: Math.floor(now / 1000) + KEPT_SECONDS };
}

function waitMs(failedProbes: number, { waitSeconds = 0 }: Failure): number {
  const doubled = FIRST_WAIT_MS * 2 ** Math.min(failedProbes, 10);
  return Math.min(Math.max(doubled, 1000 * waitSeconds), LONGEST_WAIT_MS);
}
