import type { ModelPrice } from '../../../shared/settings/settings.ts';

const price = (inputPerMillion: number, cachedInputPerMillion: number, outputPerMillion: number): ModelPrice => ({
  inputPerMillion,
  cachedInputPerMillion,
  outputPerMillion,
});

/**
 * US dollars per million tokens as public price comparisons gave them in the middle of 2026, not taken from OpenAI itself.
 * They are for planning and for the budget, never for a bill; an operator writes down what differs in `model.prices`.
 */
export const DEFAULT_PRICES: Readonly<Record<string, ModelPrice>> = {
  'gpt-5.5': price(5, 0.5, 30),
  'gpt-5.4': price(2.5, 0.25, 15),
  'gpt-5.4-mini': price(0.75, 0.075, 4.5),
  'gpt-5.4-nano': price(0.2, 0.02, 1.25),
  'gpt-5.1': price(1.25, 0.125, 10),
  'gpt-5': price(1.25, 0.125, 10),
  'gpt-5-mini': price(0.25, 0.025, 2),
  'gpt-5-nano': price(0.05, 0.005, 0.4),
  'gpt-4.1': price(2, 0.5, 8),
  'gpt-4.1-mini': price(0.4, 0.1, 1.6),
  'gpt-4.1-nano': price(0.1, 0.025, 0.4),
  'gpt-4o': price(2.5, 1.25, 10),
  'gpt-4o-mini': price(0.15, 0.075, 0.6),
};

/**
 * The price of a model. A dated name ("gpt-5-mini-2026-08-07") has the price of the undated one. A model that nobody
 * knows the price of counts as dear as the dearest, so that a typing error cannot make a budget endless.
 * @param given the operator's own prices, which go before the defaults.
 */
export function priceOf(model: string, given: Readonly<Record<string, ModelPrice>>): ModelPrice {
  const prices = new Map(Object.entries({ ...DEFAULT_PRICES, ...given }));
  const known = prices.get(model) ?? prices.get(model.replace(/-\d{4}-\d{2}-\d{2}$/, ''));
  if (known !== undefined) return known;
  const dearest = (of: keyof ModelPrice) => Math.max(...[...prices.values()].map((one) => one[of]));
  return price(dearest('inputPerMillion'), dearest('cachedInputPerMillion'), dearest('outputPerMillion'));
}

/** Tokens as a server counts them; the cached ones are among the input's. */
export interface Tokens {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** What tokens cost, in whole millionths of a US dollar, rounded up: a million tokens at one dollar are a million. */
export function costMicroUsd({ inputTokens, cachedTokens, outputTokens }: Tokens, prices: ModelPrice): number {
  const { inputPerMillion, cachedInputPerMillion, outputPerMillion } = prices;
  const cached = Math.min(cachedTokens, inputTokens);
  const cost =
    (inputTokens - cached) * inputPerMillion + cached * cachedInputPerMillion + outputTokens * outputPerMillion;
  // 0.1 + 0.2 is a little more than 0.3, and would be one more.
  return Math.ceil(Number(cost.toFixed(6)));
}
