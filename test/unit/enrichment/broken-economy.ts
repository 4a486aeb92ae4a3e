import type { ModelEconomy } from '../../../functions/enrichment/model-economy/economy.ts';
import { freeEconomy } from './understanding/free-economy.ts';

export class BrokenTable extends Error {
  override readonly name = 'BrokenTable';
}

/** An economy whose table fails in one of the things it does. */
export function brokenEconomy(at: 'claim' | 'keep' | 'reserve' | 'settle'): ModelEconomy {
  const free = freeEconomy();
  const broken = async (): Promise<never> => {
    throw new BrokenTable('no such table today');
  };
  return {
    ...free,
    answers: { ...free.answers, ...(at === 'claim' && { claim: broken }), ...(at === 'keep' && { keep: broken }) },
    budget: {
      reserve: at === 'reserve' ? broken : async () => ({ settle: at === 'settle' ? broken : async () => {} }),
    },
  };
}
