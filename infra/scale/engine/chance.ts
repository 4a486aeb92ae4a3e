import { randomFrom } from '../../evaluate/random.ts';

/** Random values that are the same for the same seed. */
export interface Chance {
  /** From 0 (included) to 1 (excluded). */
  uniform(): number;
  /** Between two chances of a Poisson process, or a service without memory: `mean` in any unit. */
  exponential(mean: number): number;
  /** Never below 0, seldom far above: how long calls take. `spread` is the deviation of its logarithm. */
  lognormal(mean: number, spread: number): number;
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
}

export function chanceFrom(seed: number): Chance {
  const random = randomFrom(seed);
  // Of 0 there is no logarithm.
  const positive = (): number => 1 - random();
  const normal = (): number => Math.sqrt(-2 * Math.log(positive())) * Math.cos(2 * Math.PI * random());
  return {
    uniform: random,
    exponential: (mean) => -mean * Math.log(positive()),
    lognormal: (mean, spread) => mean * Math.exp(spread * normal() - (spread * spread) / 2),
    below: (below) => Math.floor(random() * below),
  };
}
