import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASSUMED } from '../../../infra/cost/assumptions.ts';
import { criticalPath, type TimedCall, WAITS, type Wait } from '../../../infra/cost/measure/critical-path.ts';

const { latencyMs } = ASSUMED;
const call = (wait: Wait, startedAt: number, endedAt: number): TimedCall => ({ wait, startedAt, endedAt });

/** Milliseconds of the calls on a chain. */
const length = (counts: Readonly<Partial<Record<Wait, number>>>): number =>
  WAITS.reduce((sum, wait) => sum + (counts[wait] ?? 0) * latencyMs[wait], 0);

describe('what is waited for', () => {
  it('adds up calls made one after the other', () => {
    const calls = [call('dynamodb', 0, 5), call('salesforce', 6, 12), call('dynamodb', 12, 18)];
    expect(criticalPath(calls, latencyMs)).toEqual({ dynamodb: 2, salesforce: 1 });
  });

  it('counts of calls made at the same time only the slower one, whichever was answered first here', () => {
    const calls = [call('mailchimp', 0, 20), call('salesforce', 1, 3), call('sqs', 21, 25)];
    expect(criticalPath(calls, latencyMs)).toEqual({ salesforce: 1, sqs: 1 });
  });

  it('goes on from the end of the slower of two chains', () => {
    // 300 + 5 + 5 ms beside 1500 ms.
    const calls = [call('fareharbor', 0, 10), call('model', 0, 40), call('dynamodb', 11, 15), call('dynamodb', 16, 20)];
    expect(criticalPath([...calls, call('transaction', 41, 50)], latencyMs)).toEqual({ model: 1, transaction: 1 });
  });

  it('is nothing without calls', () => expect(criticalPath([], latencyMs)).toEqual({}));

  it('is never shorter than the slowest call, nor longer than all of them', () => {
    const calls = fc.array(
      fc
        .tuple(fc.constantFrom(...WAITS), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 50 }))
        .map(([wait, at, ms]) => call(wait, at, at + ms)),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(calls, (some) => {
        const ms = length(criticalPath(some, latencyMs));
        expect(ms).toBeGreaterThanOrEqual(Math.max(0, ...some.map(({ wait }) => latencyMs[wait])));
        expect(ms).toBeLessThanOrEqual(some.reduce((sum, { wait }) => sum + latencyMs[wait], 0));
      }),
    );
  });
});
