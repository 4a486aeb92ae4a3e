import type { Chance } from './engine/chance.ts';
import type { Clock } from './engine/clock.ts';
import { HOURS, TRAFFIC } from './facts.ts';

/** A booking and what of it is known where. */
export interface Booking {
  readonly company: number;
  readonly guest: number;
  readonly id: number;
  /** We hold it. */
  known: boolean;
  /** When its last version came of an answer of FareHarbor's; before all time where it came of a body. */
  answeredAt: number;
  version: number;
  /** Questions for it that found no call left. */
  askedInVain: number;
  /** The version each sink holds. */
  readonly synced: { crm: number; marketing: number };
  /** Changes not yet at a sink: the version, and when the webhook reached us. */
  readonly waiting: { crm: Waiting[]; marketing: Waiting[] };
}
export interface Waiting {
  readonly version: number;
  readonly arrivedAt: number;
}

/** A webhook as it reaches us. */
export interface Webhook {
  readonly booking: Booking;
  readonly isRelevant: boolean;
}

export interface LoadRule {
  readonly companies: number;
  /** Of an average company. */
  readonly bookingsPerDay: number;
  /** Hours of a day differ, and tours are called off; without it the same rate all the time. */
  readonly daily: boolean;
  /** Seconds. */
  readonly until: number;
}

const DAY = 86_400;
/** When FareHarbor told of bookings that were there before. */
const LONG_AGO = -30 * DAY;
const BURST_SECONDS = 120;
const BURST_DAYS_OF_BOOKINGS = 1.5;
/** Changes of a booking that come long after it was made. */
const LATER_CHANGES = TRAFFIC.webhooksPerBooking.value * (1 - TRAFFIC.irrelevant.value) - 1 - TRAFFIC.paidSoon.value;
/** Told again at once: one; the rest of what tells of nothing new comes long after. */
const LATER_REPEATS = TRAFFIC.webhooksPerBooking.value * TRAFFIC.irrelevant.value - 1;

/** Companies' shares of all bookings, the largest first; together 1. */
export function sharesOf(companies: number, chance: Chance): readonly number[] {
  const sizes = Array.from({ length: companies }, () => chance.lognormal(1, TRAFFIC.sizes.value)).sort((a, b) => b - a);
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sizes.map((size) => size / sum);
}

/** Puts the webhooks of all companies onto the clock, each just before its time. */
export class Load {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #rule: LoadRule;
  readonly #send: (webhook: Webhook) => void;
  readonly shares: readonly number[];
  readonly #upTo: readonly number[];
  #bookings = 0;
  #guests: number;

  constructor(clock: Clock, chance: Chance, rule: LoadRule, send: (webhook: Webhook) => void) {
    this.#clock = clock;
    this.#chance = chance;
    this.#rule = rule;
    this.#send = send;
    this.shares = sharesOf(rule.companies, chance);
    let sum = 0;
    this.#upTo = this.shares.map((share) => (sum += share));
    // A company's number is also the number of the guest under whose address an agent books there.
    this.#guests = rule.companies;
  }

  start(): void {
    const perSecond = (this.#rule.companies * this.#rule.bookingsPerDay) / DAY;
    this.#poisson(perSecond, () => this.#newBooking());
    this.#poisson(perSecond * LATER_CHANGES, () => this.#tell(this.#oldBooking(this.#anyCompany()), true, 0));
    this.#poisson(perSecond * LATER_REPEATS, () => this.#tell(this.#oldBooking(this.#anyCompany()), false, 0));
    if (this.#rule.daily) this.#bursts();
  }

  /** Bookings of many companies together are Poisson as well; by thinning, as the hours want it. */
  #poisson(perSecond: number, act: () => void): void {
    const { daily, until } = this.#rule;
    const most = daily ? Math.max(...HOURS) : 1;
    const next = (): void => {
      const at = this.#clock.now + this.#chance.exponential(1 / (perSecond * most));
      if (at > until) return;
      this.#clock.at(at, () => {
        if (!daily || this.#chance.uniform() * most < (HOURS[Math.floor(at / 3600) % 24] ?? 1)) act();
        next();
      });
    };
    next();
  }

  #newBooking(): void {
    const company = this.#anyCompany();
    const isAgent = this.#chance.uniform() < TRAFFIC.agent.value;
    const booking = this.#booking(company, isAgent ? company : this.#newGuest(), false);
    this.#tell(booking, true, 0);
    this.#tell(booking, false, 2);
    if (this.#chance.uniform() < TRAFFIC.paidSoon.value) this.#tell(booking, true, 5 + 85 * this.#chance.uniform());
  }

  /** Tours called off: bookings made before, cancelled within two minutes, each told of twice. At least one a day. */
  #bursts(): void {
    const { companies, bookingsPerDay, until } = this.#rule;
    const days = until / DAY;
    const drawn = (companies * days) / TRAFFIC.burstDays.value;
    const count = Math.max(1, Math.floor(drawn) + (this.#chance.uniform() < drawn % 1 ? 1 : 0));
    for (let burst = 0; burst < count; burst += 1) {
      const company = this.#chance.below(companies);
      const size = BURST_DAYS_OF_BOOKINGS * bookingsPerDay * companies * (this.shares[company] ?? 0);
      // In the hours in which tours are called off.
      const at = (6 + 12 * this.#chance.uniform()) * 3600;
      this.#clock.at(at, () => {
        for (let n = 0; n < size; n += 1) {
          const booking = this.#oldBooking(company);
          const after = BURST_SECONDS * this.#chance.uniform();
          this.#tell(booking, true, after);
          this.#tell(booking, false, after + 2);
        }
      });
    }
  }

  #tell(booking: Booking, isRelevant: boolean, after: number): void {
    if (after === 0) this.#send({ booking, isRelevant });
    else if (this.#clock.now + after <= this.#rule.until)
      this.#clock.after(after, () => this.#send({ booking, isRelevant }));
  }

  #anyCompany(): number {
    const wanted = this.#chance.uniform();
    let [low, high] = [0, this.#upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] ?? 1) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #newGuest(): number {
    this.#guests += 1;
    return this.#guests;
  }

  #oldBooking(company: number): Booking {
    return this.#booking(company, this.#newGuest(), true);
  }

  #booking(company: number, guest: number, known: boolean): Booking {
    this.#bookings += 1;
    return {
      company,
      guest,
      id: this.#bookings,
      known,
      answeredAt: known ? LONG_AGO : Number.NEGATIVE_INFINITY,
      version: known ? 1 : 0,
      askedInVain: 0,
      synced: { crm: known ? 1 : 0, marketing: known ? 1 : 0 },
      waiting: { crm: [], marketing: [] },
    };
  }
}
