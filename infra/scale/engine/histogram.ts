/** Buckets grow by this factor: a quantile is off by one percent at most. */
const FACTOR = 1.02;
const SMALLEST = 0.001;

/** Durations in seconds, kept as counts, so that millions of them need no room. */
export class Histogram {
  readonly #counts: number[] = [];
  #count = 0;
  #sum = 0;

  add(seconds: number): void {
    const bucket = Math.max(0, Math.round(Math.log(Math.max(seconds, SMALLEST) / SMALLEST) / Math.log(FACTOR)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += seconds;
  }

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** The duration below which `share` (0 to 1) of all lie; 0 where there is none. */
  quantile(share: number): number {
    let left = share * this.#count;
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0 && this.#count > 0) return SMALLEST * FACTOR ** bucket;
    }
    return 0;
  }
}
