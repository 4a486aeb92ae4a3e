import { createHash } from 'node:crypto';
import { sampleStories } from '../../../test/samples/stories.ts';
import type { FareHarbor } from '../../../test/vendors/fareharbor/fareharbor.ts';
import { type BookingInput, uuidOf } from '../../../test/vendors/fareharbor/record.ts';
import type { Kind } from '../measured.ts';

/** One webhook to be sent. */
export interface ToSend {
  readonly kind: Kind;
  /** Makes at FareHarbor what it tells of, and gives the body. To be called once, when it is sent. */
  readonly body: () => string;
}

export interface SceneOptions {
  /** How often the bookings of the sample stories are gone through, each time as other bookings. */
  readonly rounds: number;
  readonly seed: number;
  /** Milliseconds: tours lie before and after it. */
  readonly now: number;
  /** Bookings of the sample stories that are taken, the first ones; all of them where nothing is said. */
  readonly most?: number;
}

/** Share of the bookings after the first round that are made by a guest of the first. */
const RETURNING = 0.3;
const PAID_AT_ONCE = 0.7;
/** Share of the sample bookings without a note that get one. */
const NOTED = 0.4;
const NOTE = 'It is our anniversary, could we have a quiet place?';
/** Of 3 webhooks that tell of nothing new, 2 tell of the booking as it was, and 1 of a reminder. */
const REPEATED = 2 / 3;
/** Numbers kept for fiction: 555-0100 to 555-0199 of these area codes, another one for each round. */
const AREA_CODES = [202, 205, 206, 207, 208, 209, 212, 213, 214, 215, 216, 217, 218, 219, 301, 302, 303, 304, 305, 307];

/**
 * Webhooks of the sample stories' bookings: for each booking the first one, one that tells of a change, a payment or the
 * cancellation (2 : 2 : 1), and three that tell of nothing new, which makes 60 %. Those of one booking stand far apart.
 */
export function costScene(fareharbor: FareHarbor, { rounds, seed, now, most }: SceneOptions): readonly ToSend[] {
  const random = randomNumbers(seed);
  const inputs = sampleStories({ now, prefix: `cost-${seed}` })
    .flatMap(({ steps }) => steps.flatMap((step) => (step.do === 'book' ? [step.booking] : [])))
    .slice(0, most);
  const plans = Array.from({ length: rounds }, (_, round) =>
    inputs.map((input, index) => {
      const uuid = uuidOf(`cost/${seed}/${round}/${index}`);
      const isNoted = random() < NOTED;
      const number = round * inputs.length + index;
      const note = inOtherWords(input.note || (isNoted ? NOTE : ''), number);
      const booking = { ...input, uuid, note, ...contactOf(input, round, random) };
      return planOf(fareharbor, booking, number, random);
    }),
  ).flat();
  const turns = Math.max(...plans.map((plan) => plan.length));
  return Array.from({ length: turns }, (_, turn) => shuffled(plans, random).flatMap((plan) => plan[turn] ?? [])).flat();
}

/**
 * Guests do not all write the same, and a model is never asked twice for the same words: so each note has some of its own.
 * No numbers, since they are taken out before a model is asked.
 */
function inOtherWords(note: string, number: number): string {
  if (note === '') return '';
  const letters = [...number.toString(26)]
    .map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)))
    .join('');
  return `${note} (we are the ones with the ${letters} flag)`;
}

function contactOf(input: BookingInput, round: number, random: () => number): Pick<BookingInput, 'contact'> {
  const isReturning = random() < RETURNING;
  if (round === 0 || isReturning || input.contact === undefined) return {};
  const { email, phone } = input.contact;
  const area = AREA_CODES[round % AREA_CODES.length];
  return {
    contact: {
      ...input.contact,
      ...(email !== undefined && email !== '' && { email: `r${round}.${email}` }),
      ...(phone !== undefined && { phone: phone.replace(/^\+1 \d{3}/, `+1 ${area}`) }),
    },
  };
}

function planOf(
  fareharbor: FareHarbor,
  booking: BookingInput & { readonly uuid: string; readonly note: string },
  number: number,
  random: () => number,
): readonly ToSend[] {
  const { uuid } = booking;
  const told = (kind: Kind, happen: () => unknown): ToSend => ({
    kind,
    body: () => {
      happen();
      return fareharbor.bodyOf(uuid);
    },
  });
  const isPaid = random() < PAID_AT_ONCE;
  const first = told('new', () => {
    fareharbor.book(booking);
    if (isPaid) fareharbor.pay(uuid);
  });
  const lot = number % 5;
  const news =
    lot < 2
      ? told('changed', () => fareharbor.edit(uuid, { note: `${booking.note} We come ten minutes later.`.trim() }))
      : lot < 4
        ? told('paid', () => fareharbor.pay(uuid, { amount: 100 }))
        : told('cancelled', () => fareharbor.cancel(uuid));
  const idle = Array.from({ length: 3 }, () =>
    random() < REPEATED ? told('repeated', () => undefined) : told('reminded', () => fareharbor.remind(uuid)),
  );
  return [first, ...shuffled([news, ...idle], random)];
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return createHash('sha256').update(`cost/${seed}/${drawn}`).digest().readUIntBE(0, 6) / 2 ** 48;
  };
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
