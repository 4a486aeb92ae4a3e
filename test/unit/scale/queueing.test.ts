import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chance, chanceFrom } from '../../../infra/scale/engine/chance.ts';
import { Clock } from '../../../infra/scale/engine/clock.ts';
import { type ConsumerRule, DONE, FifoConsumer, type Places } from '../../../infra/scale/engine/consumer.ts';
import { FifoQueue } from '../../../infra/scale/engine/fifo-queue.ts';

const ENDLESS: Places = { take: () => true, giveBack: () => undefined };
const PLAIN = { batchSize: 1, batchSeconds: 0, coldSeconds: 0, warmFor: 1, beginWithin: 1e9 };
const oneByOne = <Message>(messages: readonly Message[]) => messages.map((message) => [message]);

interface System {
  readonly servers: number;
  /** Messages a second. */
  readonly arrivals: number;
  readonly serviceOf: (chance: Chance) => number;
}

/** The mean time that messages of groups of their own wait before they are begun. */
function meanWait({ servers, arrivals, serviceOf }: System, messages: number): number {
  const clock = new Clock();
  const chance = chanceFrom(7);
  const queue = new FifoQueue<number>((seconds, act) => clock.after(seconds, act));
  let waited = 0;
  const begin = ([sentAt]: readonly number[]) => {
    waited += clock.now - (sentAt ?? 0);
    return { seconds: serviceOf(chance), end: () => DONE };
  };
  new FifoConsumer(clock, queue, { ...PLAIN, concurrency: servers, unitsOf: oneByOne, begin }, ENDLESS);
  const send = (group: number): void => {
    queue.send(group, clock.now);
    if (group < messages) clock.after(chance.exponential(1 / arrivals), () => send(group + 1));
  };
  send(1);
  clock.runUntil(1e9);
  return waited / messages;
}

/** Erlang's C: the share of messages that have to wait, at so many servers and so much offered work. */
function erlangC(servers: number, work: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < servers; n += 1) {
    term *= work / n;
    sum += term;
  }
  const last = ((term * work) / servers) * (servers / (servers - work));
  return last / (sum + last);
}

const MESSAGES = 200_000;

describe('waiting as queueing theory has it', () => {
  it.each([0.5, 0.7, 0.85])('M/D/1 at a load of %d waits s·ρ / 2(1 − ρ)', (load) => {
    const seconds = 0.8;
    const wait = meanWait({ servers: 1, arrivals: load / seconds, serviceOf: () => seconds }, MESSAGES);
    const expected = (seconds * load) / (2 * (1 - load));
    expect(Math.abs(wait / expected - 1)).toBeLessThan(0.05);
  });

  it.each([
    { servers: 1, load: 0.7 },
    { servers: 5, load: 0.8 },
    { servers: 10, load: 0.85 },
  ])('M/M/$servers at a load of $load waits as Erlang says', ({ servers, load }) => {
    const mean = 0.8;
    const arrivals = (load * servers) / mean;
    const wait = meanWait({ servers, arrivals, serviceOf: (chance) => chance.exponential(mean) }, MESSAGES);
    const expected = (erlangC(servers, load * servers) * mean) / (servers * (1 - load));
    expect(Math.abs(wait / expected - 1)).toBeLessThan(0.06);
  });
});

describe('a FIFO queue and its consumer', () => {
  const scene = fc.record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    groups: fc.integer({ min: 1, max: 12 }),
    messages: fc.integer({ min: 1, max: 200 }),
    concurrency: fc.integer({ min: 1, max: 6 }),
    places: fc.integer({ min: 1, max: 6 }),
    batchSize: fc.integer({ min: 1, max: 10 }),
    failing: fc.double({ min: 0, max: 0.6, noNaN: true }),
    beginWithin: fc.constantFrom(2, 1e9),
    together: fc.boolean(),
  });

  it('keeps the order in each group, works on none twice at a time, and loses nothing', () => {
    fc.assert(
      fc.property(
        scene,
        ({ seed, groups, messages, concurrency, places, batchSize, failing, beginWithin, together }) => {
          const clock = new Clock();
          const chance = chanceFrom(seed);
          const queue = new FifoQueue<readonly [number, number]>((seconds, act) => clock.after(seconds, act));
          let free = places;
          const atWork = new Set<number>();
          const done = new Map<number, number[]>();
          let mostAtOnce = 0;
          const begin: ConsumerRule<readonly [number, number]>['begin'] = (unit) => {
            const group = unit[0]?.[0] ?? -1;
            expect(atWork.has(group)).toBe(false);
            atWork.add(group);
            mostAtOnce = Math.max(mostAtOnce, atWork.size);
            const fails = chance.uniform() < failing;
            const end = () => {
              atWork.delete(group);
              if (fails) return { kind: 'back' as const, waitSeconds: chance.below(4) };
              done.set(group, [...(done.get(group) ?? []), ...unit.map(([, number]) => number)]);
              return DONE;
            };
            return { seconds: chance.exponential(1), end };
          };
          const account: Places = {
            take: () => {
              free -= 1;
              if (free >= 0) return true;
              free += 1;
              return false;
            },
            giveBack: () => {
              free += 1;
            },
          };
          const unitsOf = together ? (all: readonly (readonly [number, number])[]) => [all] : oneByOne;
          new FifoConsumer(clock, queue, { ...PLAIN, concurrency, batchSize, beginWithin, unitsOf, begin }, account);
          const sent = new Map<number, number[]>();
          for (let number = 0; number < messages; number += 1) {
            clock.at(chance.uniform() * 60, () => {
              const group = chance.below(groups);
              sent.set(group, [...(sent.get(group) ?? []), number]);
              queue.send(group, [group, number]);
            });
          }
          clock.runUntil(1e7);
          expect(done).toEqual(sent);
          expect(queue.size).toBe(0);
          expect(free).toBe(places);
          expect(mostAtOnce).toBeLessThanOrEqual(Math.min(concurrency, places));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('shuts a group for as long as a failed message is hidden, and no other', () => {
    const clock = new Clock();
    const queue = new FifoQueue<string>((seconds, act) => clock.after(seconds, act));
    const began: string[] = [];
    const begin = ([message = '']: readonly string[]) => {
      began.push(`${message}@${clock.now}`);
      const fails = message === 'a1' && clock.now < 5;
      return { seconds: 1, end: () => (fails ? { kind: 'back' as const, waitSeconds: 10 } : DONE) };
    };
    new FifoConsumer(clock, queue, { ...PLAIN, concurrency: 1, batchSize: 10, unitsOf: oneByOne, begin }, ENDLESS);
    clock.at(0, () => queue.send(1, 'a1'));
    clock.at(0.5, () => queue.send(1, 'a2'));
    clock.at(0.5, () => queue.send(2, 'b1'));
    clock.runUntil(100);
    expect(began).toEqual(['a1@0', 'b1@1', 'a1@11', 'a2@12']);
  });

  it('costs a cold start only where no process was used lately', () => {
    const clock = new Clock();
    const queue = new FifoQueue<number>((seconds, act) => clock.after(seconds, act));
    const began: number[] = [];
    const begin = () => {
      began.push(clock.now);
      return { seconds: 1, end: () => DONE };
    };
    const rule = { ...PLAIN, coldSeconds: 3, warmFor: 50, batchSeconds: 0.5, concurrency: 2, unitsOf: oneByOne, begin };
    new FifoConsumer(clock, queue, rule, ENDLESS);
    for (const at of [0, 20, 200]) clock.at(at, () => queue.send(at, at));
    clock.runUntil(1000);
    expect(began).toEqual([3.5, 20.5, 203.5]);
  });
});
