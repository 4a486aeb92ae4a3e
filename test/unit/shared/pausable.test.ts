import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../shared/errors/errors.ts';
import type { Pause } from '../../../shared/gate/pause/pauses.ts';
import { endOf, environment, hint, memoryGate, START } from './circuit-desk.ts';

const paused: Pause = { id: 'crm', by: 'kai', since: new Date(START).toISOString(), reason: 'a test' };

function desk(...pauses: Pause[]) {
  const gate = memoryGate();
  gate.state.pauses = pauses;
  const clock = { now: START };
  return { gate, clock, ...environment(gate, clock) };
}

describe('a sink that can be paused', () => {
  it('works as ever while it is not, and asks only now and then', async () => {
    const { gate, seen, consumer } = desk();
    for (let n = 0; n < 50; n += 1) await consumer.handle(hint(n));
    expect(seen.handled).toBe(50);
    expect(gate.state).toMatchObject({ reads: 1, writes: 0 });
  });

  it('gives its messages back, to be tried within a minute, and does nothing with them', async () => {
    const { seen, consumer } = desk(paused);
    const error = await endOf(consumer.handle(hint(1)));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code: 'sink.paused' });
    expect(error instanceof RetryableError && error.waitSeconds).toBeLessThanOrEqual(60);
    expect(seen).toMatchObject({ calls: 0, parked: 0 });
  });

  it('for one company goes on for the others', async () => {
    const { seen, consumer } = desk({ ...paused, company: 'harbor-kayaks' });
    expect(await endOf(consumer.handle(hint(1)))).toMatchObject({ code: 'sink.paused' });
    await consumer.handle(hint(2, 1, 'umi-tours'));
    expect(seen.handled).toBe(1);
  });

  it('does not mind another sink’s pause', async () => {
    const { seen, consumer } = desk({ ...paused, id: 'marketing' });
    await consumer.handle(hint(1));
    expect(seen.handled).toBe(1);
  });

  it('notices a pause, and its end, within a minute', async () => {
    const { gate, clock, seen, consumer } = desk();
    await consumer.handle(hint(1));
    gate.state.pauses = [paused];
    clock.now += 60_000;
    await expect(consumer.handle(hint(1))).rejects.toThrow('paused');
    gate.state.pauses = [];
    clock.now += 60_000;
    await consumer.handle(hint(1));
    expect(seen.handled).toBe(2);
  });

  it('has a copy take the place of a message before its receives say that it never works', async () => {
    const { seen, consumer } = desk(paused);
    expect(await endOf(consumer.handle(hint(1)))).toBeInstanceOf(RetryableError);
    await consumer.handle(hint(1, 2));
    // It was not tried: what fails afterwards fails for the first time.
    expect(seen.sentAgain).toEqual([{ tries: 0, waitSeconds: 30 }]);
    expect(seen.calls).toBe(0);
  });

  it('does nothing while it cannot be told whether it is paused, and asks again at the next message', async () => {
    const { gate, seen, consumer } = desk();
    gate.state.readable = false;
    expect(await endOf(consumer.handle(hint(1)))).toBeInstanceOf(RetryableError);
    gate.state.readable = true;
    await consumer.handle(hint(1));
    expect(seen.handled).toBe(1);
  });
});
