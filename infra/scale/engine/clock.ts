interface Event {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** Virtual time: what is to happen is done in the order of its time, and at one time in the order it was put. */
export class Clock {
  #now = 0;
  #order = 0;
  /** A binary heap: no event is earlier than the one at half its place. */
  readonly #heap: Event[] = [];

  /** Seconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** Does it so many seconds from now. */
  after(seconds: number, act: () => void): void {
    this.at(this.#now + seconds, act);
  }

  /** Does it at this time; at once where that is over. */
  at(time: number, act: () => void): void {
    this.#order += 1;
    const event = { at: Math.max(time, this.#now), order: this.#order, act };
    let place = this.#heap.length;
    this.#heap.push(event);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || isBefore(parent, event)) break;
      this.#heap[place] = parent;
      place = above;
    }
    this.#heap[place] = event;
  }

  /** Lets time pass until then; what was to happen later does not. */
  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#removeFirst();
      this.#now = next.at;
      next.act();
    }
    this.#now = Math.max(this.#now, end);
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    const size = this.#heap.length;
    if (last === undefined || size === 0) return;
    let place = 0;
    for (let below = 1; below < size; below = 2 * place + 1) {
      let child = this.#heap[below];
      const right = this.#heap[below + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        below += 1;
        child = right;
      }
      if (child === undefined || isBefore(last, child)) break;
      this.#heap[place] = child;
      place = below;
    }
    this.#heap[place] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
