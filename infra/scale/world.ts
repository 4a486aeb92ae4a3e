import { type Bucket, refilled } from '../../shared/rate-budget/token-bucket.ts';
import type { Chance } from './engine/chance.ts';
import type { Clock } from './engine/clock.ts';
import type { Places } from './engine/consumer.ts';
import { FifoQueue } from './engine/fifo-queue.ts';
import { Histogram } from './engine/histogram.ts';
import { Usage } from './engine/usage.ts';
import { OWN } from './facts.ts';
import type { Booking, Webhook } from './load.ts';
import type { Plant } from './plant.ts';

export type SinkName = 'crm' | 'marketing';
export const SINKS: readonly SinkName[] = ['crm', 'marketing'];

/** In bookings.fifo: a webhook, or a question that reconcile put. */
export interface BookingsMessage {
  readonly booking: Booking;
  /** Undefined for a question. */
  readonly webhook: Webhook | undefined;
  readonly arrivedAt: number;
  receives: number;
}

/** What was used, to be held against what there is. */
export const USED = [
  'webhooks',
  'lambda',
  'fareHarbor',
  'salesforceOfLargest',
  'indexWrites',
  'budgetWrites',
  'noteWrites',
  'guestOfAgent',
  'guestWrites',
  'sqsSends',
] as const;
export type Used = (typeof USED)[number];

/** Webhooks and changes, counted: what came is delivered, refused or still on its way. */
export interface Counts {
  webhooks: number;
  refused: number;
  /** Of those, the ones for which the account had no place. */
  crowded: number;
  lost: number;
  taken: number;
  changes: number;
  lookedAt: number;
  /** Of those, the ones taken from the webhook's body, since no call was left. */
  believed: number;
  verified: number;
  delivered: Record<SinkName, number>;
  /** Of those, and of what is still on its way, more than a minute after its webhook. */
  late: Record<SinkName, number>;
}

/** 99 of 100 changes are to be in both vendors within so many seconds. */
export const WITHIN_SECONDS = 60;

/** One deployment at work: what its parts share. */
export class World {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly plant: Plant;
  readonly bookings: FifoQueue<BookingsMessage>;
  readonly hints: Readonly<Record<SinkName, FifoQueue<Booking>>>;
  readonly used: Readonly<Record<Used, Usage>>;
  readonly delays: Readonly<Record<'enriched' | SinkName, Histogram>>;
  readonly counts: Counts;
  /** Bookings noted to be verified, the longest waiting first. */
  readonly notes = new Set<Booking>();
  readonly #buckets: Bucket[];
  #running = 0;
  /** Bookings of which something has not arrived yet. */
  readonly behind: Readonly<Record<SinkName, Set<Booking>>> = { crm: new Set(), marketing: new Set() };
  /** Webhooks that were told and have neither been looked at nor given up. */
  webhooksUnderWay = 0;

  constructor(clock: Clock, chance: Chance, plant: Plant) {
    this.clock = clock;
    this.chance = chance;
    this.plant = plant;
    const later = (seconds: number, act: () => void): void => clock.after(seconds, act);
    this.bookings = new FifoQueue(later);
    this.hints = { crm: new FifoQueue(later), marketing: new FifoQueue(later) };
    const usage = (): Usage => new Usage();
    this.used = {
      webhooks: usage(),
      lambda: usage(),
      fareHarbor: usage(),
      salesforceOfLargest: usage(),
      indexWrites: usage(),
      budgetWrites: usage(),
      noteWrites: usage(),
      guestOfAgent: usage(),
      guestWrites: usage(),
      sqsSends: usage(),
    };
    this.delays = { enriched: new Histogram(), crm: new Histogram(), marketing: new Histogram() };
    this.counts = {
      webhooks: 0,
      refused: 0,
      crowded: 0,
      lost: 0,
      taken: 0,
      changes: 0,
      lookedAt: 0,
      believed: 0,
      verified: 0,
      delivered: { crm: 0, marketing: 0 },
      late: { crm: 0, marketing: 0 },
    };
    this.#buckets = Array.from({ length: plant.fareHarborBudgets }, () => ({
      tokens: plant.fareHarbor.capacity,
      at: 0,
    }));
  }

  use(what: Used, amount: number): void {
    this.used[what].add(this.clock.now, amount);
  }

  /** Takes a call to FareHarbor out of the company's budget, by the rule that the functions keep. */
  takeCall(company: number, share: 'live' | 'background'): boolean {
    const { fareHarbor } = this.plant;
    const index = company % this.#buckets.length;
    const bucket = refilled(this.#buckets[index] ?? { tokens: 0, at: 0 }, this.clock.now * 1000, fareHarbor);
    const kept = share === 'live' ? 0 : fareHarbor.keptForLive;
    if (bucket.tokens < kept + 1) return false;
    this.#buckets[index] = { ...bucket, tokens: bucket.tokens - 1 };
    this.use('fareHarbor', 1);
    this.use('budgetWrites', OWN.budgetWrites.value);
    return true;
  }

  /** The account's places for functions. */
  readonly places: Places = {
    take: () => {
      if (this.#running >= this.plant.lambdaConcurrency) return false;
      this.#running += 1;
      return true;
    },
    giveBack: () => {
      this.#running -= 1;
    },
  };

  /** Has a sink look at the booking. */
  hint(booking: Booking, sinks: readonly SinkName[] = SINKS): void {
    for (const sink of sinks) {
      this.use('sqsSends', 1);
      this.hints[sink].send(booking.guest, booking);
    }
  }
}
