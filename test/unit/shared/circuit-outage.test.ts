import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { consume } from '../../../shared/fifo/consumer.ts';
import { hintSchema } from '../../../shared/fifo/hint.ts';
import { gated } from '../../../shared/gate/gated.ts';
import { sendAgain, steppingAside } from '../../../shared/gate/step-aside.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { FifoQueue } from '../../histories/fifo-queue.ts';
import { virtualSqs } from '../../histories/virtual-sqs.ts';
import { VirtualTime } from '../../histories/virtual-time.ts';
import { uuid } from './booking-fixture.ts';
import { CODES, down, hint, memoryGate, NOT_TRIED, START } from './circuit-desk.ts';
import { listening } from './quiet.ts';

const MINUTE = 60_000;
const URL = 'http://127.0.0.1/crm.fifo';
/** As the template has them: a function's timeout is 30 seconds. */
const TEMPLATE = { visibilityMs: 180_000, maxReceiveCount: 50, concurrency: 5 };
const CALL_MS = 300;

interface Call {
  readonly at: number;
  readonly uuid: string;
}

interface Play {
  /** What the vendor, or our own code, fails a call with. */
  readonly fails: (call: Call) => Error | undefined;
  /** When each booking comes, in milliseconds from the start, and whose it is. */
  readonly bookings: readonly { readonly at: number; readonly guest: number }[];
}

/**
 * A sink's queue, its mapping and as many environments as it has, in virtual time: the real policy of consumers, the
 * real gate, and a vendor that fails when it is told to.
 */
async function play({ fails, bookings }: Play) {
  const time = new VirtualTime(START);
  const gate = memoryGate();
  const calls: Call[] = [];
  const parked: string[] = [];
  const delays = new Map<string, number>();
  const receives = new Map<string, number>();
  const queues = new Map<string, FifoQueue>();
  const sqs = virtualSqs(queues, (work) => work());
  const { log, meter } = listening();
  const uuidOf = ({ body }: SQSRecord) => hintSchema.parse(JSON.parse(body)).uuid;

  const environment = () => {
    let answers = 0;
    const work = async (message: SQSRecord) => {
      const call = { at: time.now - START, uuid: uuidOf(message) };
      calls.push(call);
      await time.effect(CALL_MS, async () => {});
      const error = fails(call);
      if (error !== undefined) throw error;
      answers += 1;
      const { at = 0 } = bookings[Number(call.uuid.slice(-12))] ?? {};
      delays.set(call.uuid, time.now - START - at);
    };
    const park = async (message: SQSRecord) => void parked.push(uuidOf(message));
    const { circuits, readGate } = gate;
    const deps = { sink: 'crm', readGate, circuits, codes: CODES, answers: () => answers, log, now: time.date };
    const inner = gated({ queueUrl: URL, worstCaseMs: 20_000, handle: work, park }, deps);
    return steppingAside(inner, { sendAgain: sendAgain(sqs, URL), untried: NOT_TRIED, log });
  };

  const idle = Array.from({ length: TEMPLATE.concurrency }, environment);
  const deliver = async (batch: SQSEvent): Promise<SQSBatchResponse> => {
    const consumer = idle.pop();
    if (consumer === undefined) throw new Error('more batches than environments');
    for (const message of batch.Records) {
      const count = Number(message.attributes.ApproximateReceiveCount);
      receives.set(uuidOf(message), Math.max(receives.get(uuidOf(message)) ?? 0, count));
    }
    const end = time.now + 30_000;
    const response = await consume(batch, () => end - time.now, consumer, { sqs, log, meter });
    idle.push(consumer);
    return response;
  };
  const queue = new FifoQueue(time, { url: URL, ...TEMPLATE, deliver, pollMs: () => 20, losesDeletion: () => false });
  queues.set(URL, queue);
  for (const [n, { at, guest }] of bookings.entries()) {
    const body = JSON.stringify({ ...hintSchema.parse(JSON.parse(hint(guest).body)), uuid: uuid(n) });
    const message = { body, group: guestKeyFor(uuid(guest)), deduplicationId: `booking-${n}` };
    time.after(at, () => queue.send(message));
  }
  await time.run(2_000_000);
  return { queue, calls, parked, delays, receives, gate };
}

/** A booking of another guest each few seconds. */
const steady = (count: number, everyMs: number) =>
  Array.from({ length: count }, (_, n) => ({ at: n * everyMs, guest: n }));
const downUntil = (end: number) => (call: Call) => (call.at < end ? down() : undefined);

describe('a vendor that is down', () => {
  it.each([
    [1, 80],
    [6, 15],
  ])('for %i hours: no dead letter, few calls, and all %i bookings in soon after it is back', async (hours, count) => {
    const end = hours * 60 * MINUTE;
    const bookings = steady(count, 5_000);
    const { queue, calls, delays, receives } = await play({ fails: downUntil(end), bookings });
    expect(queue.dead).toEqual([]);
    expect(delays.size).toBe(count);
    expect(Math.max(...receives.values())).toBeLessThan(TEMPLATE.maxReceiveCount / 2);
    // Each environment may find out by itself; then one probe each five minutes.
    const inVain = calls.filter(({ at }) => at < end).length;
    expect(inVain).toBeLessThanOrEqual(TEMPLATE.concurrency * 5 + 5 + hours * 12);
    const arrivals = bookings.map(({ at }, n) => at + (delays.get(uuid(n)) ?? Number.NaN));
    expect(Math.max(...arrivals) - end).toBeLessThan(7 * MINUTE);
  });

  it('while only one booking waits, the whole night', async () => {
    const end = 12 * 60 * MINUTE;
    const { queue, delays, receives } = await play({ fails: downUntil(end), bookings: steady(1, 0) });
    expect(queue.dead).toEqual([]);
    expect(receives.get(uuid(0))).toBeLessThan(TEMPLATE.maxReceiveCount / 2);
    expect((delays.get(uuid(0)) ?? Number.NaN) - end).toBeLessThan(7 * MINUTE);
  });

  it('for moments only, holds nobody back longer than the queue’s own waits do', async () => {
    const fails = ({ at }: Call) => (at % (10 * MINUTE) < 2_000 ? down() : undefined);
    const { queue, delays, gate } = await play({ fails, bookings: steady(400, 5_000) });
    expect(delays.size).toBe(400);
    expect(Math.max(...delays.values())).toBeLessThan(10_000);
    expect(queue.dead).toEqual([]);
    expect(gate.circuit()).toBeUndefined();
  });
});

describe('one poisoned booking', () => {
  const POISONED = uuid(0);
  /** It comes in one batch with nine others: six of other guests, three of its own; then more of both. */
  const batch = Array.from({ length: 10 }, (_, n) => ({ at: 0, guest: n < 4 ? 0 : n }));
  const later = Array.from({ length: 100 }, (_, n) => ({ at: (n + 1) * MINUTE, guest: n % 2 === 0 ? 0 : 1000 + n }));
  const bookings = [...batch, ...later];
  const indexes = bookings.map((_, n) => n).slice(1);
  const others = indexes.filter((n) => bookings[n]?.guest !== 0);
  const own = indexes.filter((n) => bookings[n]?.guest === 0);
  const most = (figures: ReadonlyMap<string, number>, which: readonly number[]) =>
    Math.max(...which.map((n) => figures.get(uuid(n)) ?? Number.NaN));

  it('that the vendor fails over all the time delays no other guest at all, and its own guest by one wait at a time', async () => {
    const end = 100 * MINUTE;
    const fails = ({ uuid: of, at }: Call) => (of === POISONED && at < end ? down() : undefined);
    const { queue, delays, receives, gate } = await play({ fails, bookings });
    expect(gate.circuit()).toBeUndefined();
    expect(queue.dead).toEqual([]);
    expect(delays.size).toBe(bookings.length);
    // Ten calls of 300 ms in one batch, and a poll.
    expect(most(delays, others)).toBeLessThan(4_000);
    expect(most(receives, others)).toBe(1);
    // Those that came with it: after its second attempt. Later ones may find it waiting, five minutes at most.
    expect(most(delays, [1, 2, 3])).toBeLessThan(8_000);
    expect(most(delays, own)).toBeLessThan(5 * MINUTE + 4_000);
    expect(most(receives, own)).toBeLessThanOrEqual(3);
  });

  it('that crashes our own code is parked at the fifth try, and delays nobody longer', async () => {
    const fails = ({ uuid: of }: Call) => (of === POISONED ? new TypeError('a mistake of ours') : undefined);
    const { queue, calls, parked, delays, receives } = await play({ fails, bookings });
    expect(parked).toEqual([POISONED]);
    expect(calls.filter((call) => call.uuid === POISONED)).toHaveLength(5);
    expect(queue.dead).toEqual([]);
    expect(most(receives, others)).toBe(1);
    expect(most(delays, [...others, 1, 2, 3])).toBeLessThan(8_000);
    expect(most(delays, own)).toBeLessThan(20_000);
  });
});
