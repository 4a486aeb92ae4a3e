import type { Clock } from './clock.ts';
import type { FifoQueue, Taken } from './fifo-queue.ts';
import { Usage } from './usage.ts';

/** What comes of a piece of work when its time is over. */
export type Ending = { readonly kind: 'done' } | { readonly kind: 'back'; readonly waitSeconds: number };
export const DONE: Ending = { kind: 'done' };

/** A piece of work that was begun. */
export interface Work {
  readonly seconds: number;
  /** Called when they are over. */
  end(): Ending;
}

export interface ConsumerRule<Message> {
  /** Batches in work at a time. */
  readonly concurrency: number;
  readonly batchSize: number;
  /** Seconds that each batch costs beside its messages. */
  readonly batchSeconds: number;
  /** Seconds more where no process was used lately. */
  readonly coldSeconds: number;
  /** Seconds after which an idle process is gone. */
  readonly warmFor: number;
  /** Seconds of a batch after which nothing new of it is begun: the rest goes back. */
  readonly beginWithin: number;
  /** Divides messages of one group, in their order, into those that are worked on together. */
  readonly unitsOf: (messages: readonly Message[]) => readonly (readonly Message[])[];
  readonly begin: (unit: readonly Message[]) => Work;
}

/** Places for functions that run, shared by the whole account. */
export interface Places {
  take(): boolean;
  giveBack(): void;
}

/** How far a group of a batch is: messages done, and when the rest is to come back, if it is. */
interface Progress {
  done: number;
  back: number | undefined;
}

/** How soon a batch that finds no place is tried again. */
const CROWDED_SECONDS = 0.5;

/** A unit of a group, and the first ones of a group that failed keep the later ones from being begun. */
interface Step<Message> {
  readonly group: number;
  readonly unit: readonly Message[];
}

/** A Lambda function behind a FIFO queue: batches side by side, the messages of each one after the other. */
export class FifoConsumer<Message> {
  readonly #clock: Clock;
  readonly #queue: FifoQueue<Message>;
  readonly #rule: ConsumerRule<Message>;
  readonly #places: Places;
  #running = 0;
  #isWaiting = false;
  /** When each idle process was last used; the one used last is used first. */
  readonly #idle: number[] = [];
  /** Seconds that batches were in work. */
  readonly busy = new Usage();

  constructor(clock: Clock, queue: FifoQueue<Message>, rule: ConsumerRule<Message>, places: Places) {
    this.#clock = clock;
    this.#queue = queue;
    this.#rule = rule;
    this.#places = places;
    queue.onOpen(() => this.#look());
  }

  #look(): void {
    while (this.#running < this.#rule.concurrency && !this.#isWaiting) {
      if (!this.#places.take()) {
        this.#waitForPlace();
        return;
      }
      const batch = this.#queue.receive(this.#rule.batchSize);
      if (batch.length === 0) {
        this.#places.giveBack();
        return;
      }
      this.#running += 1;
      this.#run(batch);
    }
  }

  #waitForPlace(): void {
    this.#isWaiting = true;
    this.#clock.after(CROWDED_SECONDS, () => {
      this.#isWaiting = false;
      this.#look();
    });
  }

  #run(batch: readonly Taken<Message>[]): void {
    const { unitsOf, begin, beginWithin, batchSeconds } = this.#rule;
    const startedAt = this.#clock.now;
    const steps: Step<Message>[] = batch.flatMap(({ group, messages }) =>
      unitsOf(messages).map((unit) => ({ group, unit })),
    );
    const ended = new Map(batch.map(({ group }): [number, Progress] => [group, { done: 0, back: undefined }]));
    const next = (from: number): void => {
      for (let index = from; index < steps.length; index += 1) {
        const step = steps[index];
        const state = step && ended.get(step.group);
        if (step === undefined || state === undefined || state.back !== undefined) continue;
        if (this.#clock.now - startedAt > beginWithin) {
          state.back = 0;
          continue;
        }
        const work = begin(step.unit);
        this.#clock.after(work.seconds, () => {
          const ending = work.end();
          if (ending.kind === 'done') state.done += step.unit.length;
          else state.back = ending.waitSeconds;
          next(index + 1);
        });
        return;
      }
      this.#end(startedAt, ended);
    };
    this.#clock.after(batchSeconds + this.#coldSeconds(), () => next(0));
  }

  #coldSeconds(): number {
    const last = this.#idle.pop();
    if (last !== undefined && this.#clock.now - last <= this.#rule.warmFor) return 0;
    this.#idle.length = 0;
    return this.#rule.coldSeconds;
  }

  #end(startedAt: number, ended: ReadonlyMap<number, Readonly<Progress>>): void {
    this.busy.add(this.#clock.now, this.#clock.now - startedAt);
    this.#idle.push(this.#clock.now);
    this.#running -= 1;
    this.#places.giveBack();
    for (const [group, { done, back }] of ended) this.#queue.settle(group, done, back);
    this.#look();
  }
}
