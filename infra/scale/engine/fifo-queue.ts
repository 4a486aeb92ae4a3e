/** Messages of one group, given out together. */
export interface Taken<Message> {
  readonly group: number;
  readonly messages: readonly Message[];
}

interface Group<Message> {
  readonly messages: Message[];
  /** Given out, or hidden for a while: nothing of it is given out meanwhile. */
  shut: boolean;
}

/**
 * An SQS FIFO queue. Within a group messages are given out in the order they came, and nothing more of it until those
 * given out are deleted or visible again; a batch takes as many of a group as it can before it goes to the next.
 */
export class FifoQueue<Message> {
  readonly #groups = new Map<number, Group<Message>>();
  /** Groups that have something to give out, the longest waiting first; a place holds one group once. */
  #open: number[] = [];
  #next = 0;
  #size = 0;
  readonly #later: (seconds: number, act: () => void) => void;
  #wake: () => void = () => undefined;

  /** @param later does something so many seconds from now. */
  constructor(later: (seconds: number, act: () => void) => void) {
    this.#later = later;
  }

  /** Messages not deleted yet. */
  get size(): number {
    return this.#size;
  }

  /** Calls this whenever there is something to give out. */
  onOpen(wake: () => void): void {
    this.#wake = wake;
  }

  send(group: number, message: Message): void {
    this.#size += 1;
    const held = this.#groups.get(group);
    if (held !== undefined) return void held.messages.push(message);
    this.#groups.set(group, { messages: [message], shut: false });
    this.#openUp(group);
  }

  /** At most so many messages; their groups stay shut until `settle`. */
  receive(most: number): Taken<Message>[] {
    const taken: Taken<Message>[] = [];
    for (let room = most; room > 0; ) {
      const group = this.#open[this.#next];
      if (group === undefined) break;
      this.#next += 1;
      const held = this.#groups.get(group);
      if (held === undefined) continue;
      held.shut = true;
      const messages = held.messages.slice(0, room);
      room -= messages.length;
      taken.push({ group, messages });
    }
    if (this.#next > 1000 && this.#next * 2 > this.#open.length) {
      this.#open = this.#open.slice(this.#next);
      this.#next = 0;
    }
    return taken;
  }

  /**
   * Deletes the first messages of a group that was given out, and gives the rest back.
   * @param hiddenSeconds how long the rest stays hidden.
   */
  settle(group: number, done: number, hiddenSeconds = 0): void {
    const held = this.#groups.get(group);
    if (held === undefined) return;
    held.messages.splice(0, done);
    this.#size -= done;
    if (held.messages.length === 0) return void this.#groups.delete(group);
    const open = (): void => {
      held.shut = false;
      this.#openUp(group);
    };
    if (hiddenSeconds > 0) this.#later(hiddenSeconds, open);
    else open();
  }

  #openUp(group: number): void {
    this.#open.push(group);
    this.#wake();
  }
}
