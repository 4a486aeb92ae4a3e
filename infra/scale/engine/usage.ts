const HOUR = 3600;

/** How much of something was used, hour by hour. */
export class Usage {
  readonly #hours: number[] = [];

  /** @param at seconds since the beginning. */
  add(at: number, amount: number): void {
    const hour = Math.floor(at / HOUR);
    this.#hours[hour] = (this.#hours[hour] ?? 0) + amount;
  }

  get total(): number {
    return this.#hours.reduce((sum, amount) => sum + (amount ?? 0), 0);
  }

  /** In the hour that used most; in a run of less than an hour, in all of it. */
  get largestHour(): number {
    return this.#hours.reduce((most, amount) => Math.max(most, amount ?? 0), 0);
  }

  /**
   * Shares of what could have been used.
   * @param perSecond what is there each second.
   * @param seconds how long it ran.
   */
  sharesOf(perSecond: number, seconds: number): { readonly mean: number; readonly peak: number } {
    return {
      mean: this.total / (perSecond * seconds),
      peak: this.largestHour / (perSecond * Math.min(seconds, HOUR)),
    };
  }
}
