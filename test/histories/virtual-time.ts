/** Something that happens at a moment of virtual time. */
interface Happening {
  readonly at: number;
  /** Decides between happenings of one moment: first come, first served. */
  readonly order: number;
  readonly run: () => Promise<void> | void;
}

/**
 * A clock that stands still while something happens and then jumps to the next happening. Whatever code does
 * between two awaited effects takes no time; an effect (a call to a table, a queue or a vendor) takes the time it is
 * given, and effects of code running side by side interleave by that time alone: the same on every run.
 */
export class VirtualTime {
  #now: number;
  #order = 0;
  readonly #heap: Happening[] = [];

  /** @param start milliseconds since the epoch. */
  constructor(start: number) {
    this.#now = start;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now;
  }

  readonly date = (): Date => new Date(this.#now);

  /** Whether anything is still to happen. */
  get isBusy(): boolean {
    return this.#heap.length > 0;
  }

  /** Lets something happen that many milliseconds from now. */
  after(milliseconds: number, run: Happening['run']): void {
    this.#order += 1;
    this.#push({ at: this.#now + Math.max(0, milliseconds), order: this.#order, run });
  }

  /** Does the work that many milliseconds from now, all of it at that moment, and resolves as it does. */
  effect<Result>(milliseconds: number, work: () => Promise<Result>): Promise<Result> {
    return new Promise((done, fail) => {
      this.after(milliseconds, () => work().then(done, fail));
    });
  }

  /** Runs until nothing is left to happen. @throws Error after `most` happenings: something goes round in a circle. */
  async run(most = 100_000): Promise<void> {
    for (let count = 0; ; count += 1) {
      const next = this.#pop();
      if (next === undefined) return;
      if (count >= most) throw new Error(`after ${most} happenings there is still something to do`);
      this.#now = next.at;
      await next.run();
      // All that waits for this happening goes on now, up to its next effect, before anything else happens.
      await new Promise((done) => setImmediate(done));
    }
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let index = heap.push(happening) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) break;
      index = parent;
    }
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const last = heap.pop();
    const [first] = heap;
    if (first === undefined || last === undefined) return last;
    heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(child, index)) break;
      index = child;
    }
    return first;
  }

  #isBefore(index: number, other: number): boolean {
    const [a, b] = [this.#heap[index], this.#heap[other]];
    return a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
  }

  #swapIfBefore(index: number, other: number): boolean {
    const [a, b] = [this.#heap[index], this.#heap[other]];
    if (a === undefined || b === undefined || !this.#isBefore(index, other)) return false;
    this.#heap[index] = b;
    this.#heap[other] = a;
    return true;
  }
}

/** Numbers from 0 up to 1 that follow from the seed alone. */
export function dice(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
