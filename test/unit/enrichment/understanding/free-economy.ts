import type { ModelEconomy } from '../../../../functions/enrichment/model-economy/economy.ts';

/** An economy in which everybody may ask, nothing costs anything, and nothing is kept: for tests about other things. */
export function freeEconomy(): ModelEconomy {
  return {
    answers: {
      claim: async () => ({ kind: 'mine', token: 'free' }),
      keep: async () => {},
      fail: async () => {},
    },
    budget: { reserve: async () => ({ settle: async () => {} }) },
    rest: { isResting: () => false, note: () => {} },
  };
}
