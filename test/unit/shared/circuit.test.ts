import { describe, expect, it } from 'vitest';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { type Circuit, isOpen } from '../../../shared/gate/circuit/circuit.ts';
import { down, endOf, environment, hint, memoryGate, START, type Work } from './circuit-desk.ts';

/** A vendor with a switch, and environments that call it. */
function desk() {
  const gate = memoryGate();
  const clock = { now: START };
  const vendor: { error: Error | undefined; answers: boolean } = { error: undefined, answers: true };
  const work: Work = (answered) => {
    if (vendor.error !== undefined) throw vendor.error;
    if (vendor.answers) answered();
  };
  const enter = () => environment(gate, clock, work);
  return { gate, clock, vendor, enter };
}

/** A desk whose circuit has opened just now. */
async function opened() {
  const { vendor, enter, ...rest } = desk();
  const one = enter();
  vendor.error = down();
  for (let guest = 0; guest < 5; guest += 1) await endOf(one.consumer.handle(hint(guest)));
  return { vendor, enter, one, ...rest };
}

const stateOf = (circuit: Circuit | undefined) => circuit?.state;
const isOpenAt = (circuit: Circuit | undefined, now: number) => circuit !== undefined && isOpen(circuit, now);

describe('a circuit opens', () => {
  it('after five failures in a row that mean that the vendor is down, and not before', async () => {
    const { gate, vendor, enter } = desk();
    const { consumer, events } = enter();
    vendor.error = down();
    for (let guest = 0; guest < 4; guest += 1) await endOf(consumer.handle(hint(guest)));
    expect(gate.circuit()).toBeUndefined();
    expect(await endOf(consumer.handle(hint(4)))).toBe(vendor.error);
    expect(stateOf(gate.circuit())).toBe('open');
    expect(events()).toContain('circuit.opened');
  });

  it.each([
    ['a locked row', new RetryableError('vendor.lock', 'locked')],
    ['a refused value', new PermanentError('vendor.data', 'no such field', { remedy: 'mend it' })],
    ['a table of ours', new TypeError('not of the vendor')],
  ])('never because of %s, however often', async (_, error) => {
    const { gate, vendor, enter } = desk();
    const { consumer } = enter();
    vendor.error = error;
    for (let guest = 0; guest < 30; guest += 1) expect(await endOf(consumer.handle(hint(guest)))).toBe(error);
    expect(gate.circuit()).toBeUndefined();
  });

  it('not by failures between which the vendor answers', async () => {
    const { gate, vendor, enter } = desk();
    const { consumer } = enter();
    for (let round = 0; round < 20; round += 1) {
      vendor.error = round % 5 === 4 ? undefined : down();
      await endOf(consumer.handle(hint(round)));
    }
    expect(gate.circuit()).toBeUndefined();
  });

  it('even where messages between the failures had nothing to ask the vendor', async () => {
    const { gate, vendor, enter } = desk();
    const { consumer } = enter();
    vendor.answers = false;
    for (let guest = 0; guest < 10; guest += 1) {
      // Every second one is in sync already: it ends well, without a call.
      vendor.error = guest % 2 === 0 ? down() : undefined;
      await endOf(consumer.handle(hint(guest)));
    }
    expect(stateOf(gate.circuit())).toBe('open');
  });

  it('not for one guest alone, whose bookings may be what the vendor fails over', async () => {
    const { gate, vendor, enter } = desk();
    const { consumer } = enter();
    vendor.error = down();
    for (let tries = 1; tries <= 30; tries += 1) await endOf(consumer.handle(hint(1)));
    expect(gate.circuit()).toBeUndefined();
    await endOf(consumer.handle(hint(2)));
    expect(stateOf(gate.circuit())).toBe('open');
  });

  it('at once when the vendor refuses us altogether: nothing is parked for that', async () => {
    const { gate, vendor, enter } = desk();
    const { consumer } = enter();
    vendor.error = new PermanentError('vendor.key-rejected', 'it refused the key', { remedy: 'mend the key' });
    expect(await endOf(consumer.handle(hint(1)))).toMatchObject({
      name: 'RetryableError',
      code: 'vendor.key-rejected',
    });
    expect(gate.circuit()).toMatchObject({ state: 'open', code: 'vendor.key-rejected' });
  });

  it('for its own company only', async () => {
    const { enter, vendor } = await opened();
    vendor.error = undefined;
    const { consumer, seen } = enter();
    await consumer.handle(hint(1, 1, 'umi-tours'));
    expect(seen.handled).toBe(1);
  });
});

describe('while a circuit is open', () => {
  it('no environment calls the vendor, and messages come back within a minute, and none is counted as tried', async () => {
    const { enter, one, clock } = await opened();
    const other = enter();
    clock.now += 5_000;
    for (const { consumer, seen } of [one, other]) {
      const before = seen.calls;
      const error = await endOf(consumer.handle(hint(7, 1)));
      expect(error).toMatchObject({ name: 'RetryableError', code: 'circuit.open', waitSeconds: 10 });
      await consumer.handle(hint(7, 2));
      expect(seen.sentAgain).toEqual([{ tries: 0, waitSeconds: 10 }]);
      expect(seen.calls).toBe(before);
    }
  });

  it('one environment at a time probes, and a failed probe makes the next one wait longer, to five minutes', async () => {
    const { gate, enter, clock } = await opened();
    const environments = Array.from({ length: 8 }, enter);
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const due = gate.circuit()?.probeAt ?? 0;
      waits.push((due - clock.now) / 1000);
      clock.now = due;
      await Promise.all(environments.map(({ consumer }, n) => endOf(consumer.handle(hint(n)))));
      expect(environments.reduce((sum, { seen }) => sum + seen.calls, 0)).toBe(round + 1);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 300]);
  });

  it('an answered probe closes it for all, at once', async () => {
    const { gate, enter, vendor, clock } = await opened();
    const [prober, other] = [enter(), enter()];
    vendor.error = undefined;
    clock.now += 30_000;
    await prober.consumer.handle(hint(1));
    expect(isOpenAt(gate.circuit(), clock.now)).toBe(false);
    expect(prober.events()).toContain('circuit.closed');
    await other.consumer.handle(hint(2));
    expect(other.seen.handled).toBe(1);
  });

  it('a probe that the vendor refuses for its booking alone closes it, too', async () => {
    const { gate, clock } = await opened();
    const refusal = new PermanentError('vendor.data', 'a bad value', { remedy: 'mend it' });
    const { consumer } = environment(gate, clock, (answered) => {
      answered();
      throw refusal;
    });
    clock.now += 30_000;
    expect(await endOf(consumer.handle(hint(1)))).toBe(refusal);
    expect(stateOf(gate.circuit())).toBe('closed');
  });

  it('a probe that asked the vendor nothing closes nothing, and the next message probes', async () => {
    const { gate, enter, vendor, clock } = await opened();
    const { consumer } = enter();
    clock.now += 30_000;
    [vendor.error, vendor.answers] = [undefined, false];
    await consumer.handle(hint(1));
    expect(gate.circuit()).toMatchObject({ state: 'open', probeAt: clock.now });
  });

  it('a prober that died keeps the others out for a minute at most', async () => {
    const { gate, enter, vendor, clock } = await opened();
    clock.now += 30_000;
    const circuit = gate.circuit();
    if (circuit === undefined) throw new Error('it is closed');
    await gate.circuits.replace(circuit, {
      ...circuit,
      state: 'probing',
      probeAt: clock.now + 45_000,
      revision: 'dead',
    });
    vendor.error = undefined;
    const { consumer, seen } = enter();
    expect(await endOf(consumer.handle(hint(1)))).toMatchObject({ code: 'circuit.open', waitSeconds: 5 });
    clock.now += 60_000;
    await consumer.handle(hint(1));
    expect(seen.handled).toBe(1);
  });

  it('that nobody has probed for an hour, it counts no longer', async () => {
    const { enter, vendor, clock } = await opened();
    vendor.error = undefined;
    clock.now += 3_601_000;
    const { consumer, seen } = enter();
    await consumer.handle(hint(1));
    expect(seen.handled).toBe(1);
  });

  it('opens again after it was closed', async () => {
    const { gate, enter, vendor, clock } = await opened();
    const { consumer } = enter();
    vendor.error = undefined;
    clock.now += 30_000;
    await consumer.handle(hint(1));
    vendor.error = down();
    for (let guest = 0; guest < 5; guest += 1) await endOf(consumer.handle(hint(guest)));
    expect(gate.circuit()).toMatchObject({ state: 'open', failedProbes: 0 });
  });
});

describe('what we hold back ourselves', () => {
  it('opens nothing, waits as asked, and is not counted as a try', async () => {
    const { gate, vendor, enter } = desk();
    const { consumer, seen } = enter();
    vendor.error = new RetryableError('vendor.day-limit', 'kept for cancellations', { waitSeconds: 60 });
    for (let guest = 0; guest < 20; guest += 1) {
      expect(await endOf(consumer.handle(hint(guest)))).toMatchObject({ code: 'vendor.day-limit', waitSeconds: 60 });
    }
    expect(gate.circuit()).toBeUndefined();
    await consumer.handle(hint(1, 2));
    expect(seen.sentAgain).toEqual([{ tries: 0, waitSeconds: 60 }]);
  });
});
