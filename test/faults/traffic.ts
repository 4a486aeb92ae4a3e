import { setTimeout as pause } from 'node:timers/promises';
import type { Lambda } from '../../infra/local/lambda.ts';
import { makeVisibleNow } from './redelivery.ts';

/** What leaves a queue goes this way. */
export interface Traffic {
  /** Keeps a function from working on its queue until `release`, so that its next batches are full. */
  hold(service: string): void;
  release(): void;
  /** While true, every hint is lost on its way to the destinations. */
  loseHints(lost: boolean): void;
  /** The function as it is given batches. */
  led(lambda: Lambda): Lambda;
}

const LOST = { ok: true, payload: 'null' } as const;

export function createTraffic(): Traffic {
  let held: { readonly service: string; readonly until: PromiseWithResolvers<void> } | undefined;
  let losing = false;
  return {
    hold: (service) => {
      held = { service, until: Promise.withResolvers() };
    },
    release: () => {
      held?.until.resolve();
      held = undefined;
    },
    loseHints: (lost) => {
      losing = lost;
    },
    led: (lambda) => ({
      ...lambda,
      invoke: async (event) => {
        const { service } = lambda.definition;
        if (held?.service === service) await held.until.promise;
        return losing && service !== 'enrichment' ? LOST : await lambda.invoke(event);
      },
    }),
  };
}

/** What a function gave back waits this long instead of seconds. */
const GIVEN_BACK_MS = 150;

/**
 * What a dead process held comes back at once, as if the visibility timeout had passed; and so does, after a moment,
 * what a function gave back to wait for seconds.
 */
export function redelivering(lambda: Lambda, queueUrl: string, sqsUrl: string): Lambda {
  return {
    ...lambda,
    invoke: async (event) => {
      const result = await lambda.invoke(event);
      if (!result.ok) await makeVisibleNow(sqsUrl, queueUrl, event);
      else if (result.payload.includes('itemIdentifier')) {
        await pause(GIVEN_BACK_MS);
        await makeVisibleNow(sqsUrl, queueUrl, event, result.payload);
      }
      return result;
    },
  };
}
