import { createHash } from 'node:crypto';
import { companyDay, startOn } from '../vendors/fareharbor/catalogue.ts';
import type { FareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import { type BookingInput, uuidOf } from '../vendors/fareharbor/record.ts';

/** One webhook to be sent. */
export interface Webhook {
  readonly uuid: string;
  /** Makes at FareHarbor what it tells of, and gives the body to send. To be called once, when it is sent. */
  readonly body: () => string;
}

export interface Scene {
  /** In the order in which they are to be sent; those of one booking in the order in which they happened. */
  readonly webhooks: readonly Webhook[];
  readonly emails: readonly string[];
}

export interface SceneOptions {
  readonly bookings: number;
  /** Share of the bookings that are told of twice with the same body, 0–1. */
  readonly duplicates: number;
  /** Share of the bookings that change after they were made, 0–1. */
  readonly changes: number;
  readonly seed: number;
  /** Keeps the guests of one scene apart from those of another. */
  readonly prefix: string;
}

/** Three guests for every ten bookings: most guests of a busy operator come with more than one. */
const GUESTS_PER_BOOKING = 0.3;
/** Webhooks of others between two of the same booking: at least, and at most. */
const APART = { least: 20, most: 500 };
/** Numbers kept for fiction: 555-0100 to 555-0199 of these area codes. */
const AREA_CODES = [
  202, 205, 206, 207, 208, 209, 212, 213, 214, 215, 216, 217, 218, 219, 301, 302, 303, 304, 305, 307, 308, 309, 310,
  312, 313, 314, 315, 316, 317, 318, 319, 401, 402, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415,
];

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`${seed}/${drawn}`).digest().readUIntBE(0, 6) / 2 ** 48;
  };
}

/** Thinks up bookings and the webhooks that tell of them, of their changes and of nothing new. */
export function makeScene({ vendor }: { readonly vendor: FareHarbor }, options: SceneOptions): Scene {
  const random = randomNumbers(options.seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const guests = Math.max(1, Math.round(options.bookings * GUESTS_PER_BOOKING));
  const emails = Array.from({ length: guests }, (_, guest) => `${options.prefix}-${guest}@guests.test`);
  const placed: { readonly at: number; readonly webhook: Webhook }[] = [];
  // Exact numbers of them, whoever they are.
  const [changed = 0, doubled = 0] = [options.changes, options.duplicates].map((share) =>
    Math.round(share * options.bookings),
  );
  const dealt = shuffled(options.bookings, below);
  for (let booking = 0; booking < options.bookings; booking += 1) {
    const uuid = uuidOf(`${options.prefix}/${options.seed}/${booking}`);
    const guest = booking < guests ? booking : below(guests);
    let at = below(options.bookings);
    const place = (body: Webhook['body']): void => {
      placed.push({ at, webhook: { uuid, body } });
      at += APART.least + below(APART.most - APART.least);
    };
    const lot = dealt[booking] ?? 0;
    const isChanged = lot < changed;
    // Half of those that change are told of twice as well.
    const isDoubled = (lot + options.bookings - Math.floor(changed / 2)) % options.bookings < doubled;
    place(newBooking(vendor, { uuid, guest, options, below }));
    if (isDoubled) place(() => vendor.bodyOf(uuid));
    if (isChanged) place(changeOf(vendor, uuid, below(5)));
  }
  return { emails, webhooks: placed.sort((a, b) => a.at - b.at).map(({ webhook }) => webhook) };
}

interface Booking {
  readonly uuid: string;
  readonly guest: number;
  readonly options: SceneOptions;
  readonly below: (limit: number) => number;
}

/** A booking of this guest, half of them paid, two in three with a note to read. */
function newBooking(vendor: FareHarbor, { uuid, guest, options, below }: Booking): Webhook['body'] {
  const company = vendor.account.company('harbor-kayaks');
  const area = AREA_CODES[Math.floor(guest / 100) % AREA_CODES.length] ?? 202;
  const input: BookingInput = {
    uuid,
    contact: {
      name: `Guest Number ${guest}`,
      email: `${options.prefix}-${guest}@guests.test`,
      phone: `+1${area}55501${String(guest % 100).padStart(2, '0')}`,
    },
    party: { Adult: 1 + below(4) },
    startAt: startOn(company, companyDay(company, Date.now(), 1 + below(60))),
    note: below(3) === 0 ? '' : `It is our anniversary, table ${below(1000)} please`,
  };
  const isPaid = below(2) === 0;
  return () => {
    vendor.book(input);
    if (isPaid) vendor.pay(uuid);
    return vendor.bodyOf(uuid);
  };
}

/** One of five things that happen to bookings. */
function changeOf(vendor: FareHarbor, uuid: string, kind: number): Webhook['body'] {
  const change = [
    () => vendor.edit(uuid, { party: { Adult: 6 } }),
    () => vendor.pay(uuid, { amount: 100 }),
    () => vendor.cancel(uuid),
    () => vendor.edit(uuid, { note: 'We come ten minutes later' }),
    () => vendor.edit(uuid, { party: { Adult: 5 }, voucher: 'SPRING' }),
  ][kind];
  return () => {
    change?.();
    return vendor.bodyOf(uuid);
  };
}

/** The numbers below `length` in another order. */
function shuffled(length: number, below: (limit: number) => number): number[] {
  const numbers = Array.from({ length }, (_, index) => index);
  for (let index = length - 1; index > 0; index -= 1) {
    const other = below(index + 1);
    const [a, b] = [numbers[index] ?? 0, numbers[other] ?? 0];
    numbers[index] = b;
    numbers[other] = a;
  }
  return numbers;
}
