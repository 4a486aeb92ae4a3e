import type { SQSRecord } from 'aws-lambda';
import { RetryableError } from '../../../shared/errors/errors.ts';
import type { Circuit } from '../../../shared/gate/circuit/circuit.ts';
import type { Circuits } from '../../../shared/gate/circuit/circuits.ts';
import type { VendorCodes } from '../../../shared/gate/circuit/verdict.ts';
import type { Gate } from '../../../shared/gate/gate.ts';
import { UNTRIED } from '../../../shared/gate/gate-items.ts';
import { type GateDeps, gated } from '../../../shared/gate/gated.ts';
import type { Pause } from '../../../shared/gate/pause/pauses.ts';
import { type AsideDeps, steppingAside, type Tries } from '../../../shared/gate/step-aside.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { uuid } from './booking-fixture.ts';
import { listening } from './quiet.ts';

export const START = Date.parse('2026-11-21T12:00:00.000Z');
export const CODES: VendorCodes = {
  down: new Set(['vendor.timeout', 'vendor.unavailable']),
  refusesUs: new Set(['vendor.key-rejected']),
  heldBack: new Set(['vendor.day-limit']),
};

export const NOT_TRIED: ReadonlySet<string> = new Set([...Object.values(UNTRIED), ...CODES.heldBack]);

/** A hint of a guest's booking; guests with the same number share a group. */
export function hint(guest: number, receives = 1, company = 'harbor-kayaks'): SQSRecord {
  const receivedAt = new Date(START).toISOString();
  return {
    messageId: `m${guest}`,
    receiptHandle: 'r',
    body: JSON.stringify({ uuid: uuid(guest), guestKey: guestKeyFor(uuid(guest)), company, version: 1, receivedAt }),
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
      MessageGroupId: guestKeyFor(uuid(guest)),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:crm.fifo',
    awsRegion: 'us-east-1',
  };
}

/** The operations table's part of it, in memory. */
export function memoryGate() {
  const held = new Map<string, Circuit>();
  const state = { pauses: [] as Pause[], reads: 0, writes: 0, readable: true };
  const circuits: Circuits = {
    replace: async (seen, next) => {
      state.writes += 1;
      if (held.get(next.company)?.revision !== seen?.revision) return false;
      held.set(next.company, next);
      return true;
    },
  };
  const readGate = async (): Promise<Gate> => {
    state.reads += 1;
    if (!state.readable) throw new Error('the table is away');
    return { pauses: [...state.pauses], circuits: [...held.values()], allowances: [] };
  };
  return { state, circuits, readGate, circuit: (company = 'harbor-kayaks') => held.get(company) };
}
export type MemoryGate = ReturnType<typeof memoryGate>;

/** What a message's work does: it may have the vendor answer, and it may fail. */
export type Work = (answered: () => void, message: SQSRecord) => void;

/** An execution environment in which each message does this work. */
export function environment(gate: MemoryGate, clock: { now: number }, work: Work = (answered) => answered()) {
  const seen = { handled: 0, calls: 0, answers: 0, parked: 0, sentAgain: [] as Tries[] };
  const { log, events } = listening();
  const deps: GateDeps = {
    sink: 'crm',
    readGate: gate.readGate,
    circuits: gate.circuits,
    codes: CODES,
    answers: () => seen.answers,
    log,
    now: () => new Date(clock.now),
  };
  const aside: AsideDeps = {
    sendAgain: async (_, tries) => {
      seen.sentAgain.push(tries);
    },
    untried: NOT_TRIED,
    log,
  };
  const inner = {
    queueUrl: 'http://127.0.0.1/crm.fifo',
    worstCaseMs: 1000,
    handle: async (message: SQSRecord) => {
      seen.calls += 1;
      work(() => {
        seen.answers += 1;
      }, message);
      seen.handled += 1;
    },
    park: async () => {
      seen.parked += 1;
    },
  };
  const consumer = steppingAside(gated(inner, deps), aside);
  return { seen, events, deps, aside, inner, consumer };
}

export const down = () => new RetryableError('vendor.unavailable', 'the vendor answered 503');

/** What a message ended with: undefined, or its error. */
export async function endOf(work: Promise<void>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
