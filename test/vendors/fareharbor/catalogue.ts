/** What a kind of customer pays on an item, in the smallest unit of the company's currency, before tax. */
export interface CustomerType {
  readonly pk: number;
  readonly singular: string;
  readonly plural: string;
  readonly price: number;
}

export type QuestionType = 'yes-no' | 'short' | 'long' | 'extended-option' | 'count' | 'multi-campaign';

/** A custom field: a question asked when booking, of the whole party or of each customer. */
export interface Question {
  readonly pk: number;
  readonly title: string;
  readonly type: QuestionType;
  readonly options?: readonly { readonly pk: number; readonly name: string }[];
}

export interface Item {
  readonly pk: number;
  readonly name: string;
  readonly headline: string;
  readonly minutes: number;
  readonly capacity: number;
  readonly customerTypes: readonly CustomerType[];
  readonly questions: readonly Question[];
}

export interface Company {
  readonly shortname: string;
  readonly name: string;
  /** As FareHarbor writes it: in lower case. */
  readonly currency: string;
  /** Offset of the company's clock as FareHarbor writes it: without a colon. */
  readonly utcOffset: string;
  /** How the company's country writes amounts. */
  readonly locale: string;
  readonly taxPercent: number;
  /** Hours before the start until which a guest may cancel. */
  readonly cancellationHours: number;
  readonly items: readonly [Item, ...Item[]];
}

const wishes = (pk: number): readonly Question[] => [
  { pk, title: 'Dietary requirements', type: 'short' },
  { pk: pk + 1, title: 'Do you need wheelchair access?', type: 'yes-no' },
  { pk: pk + 2, title: 'Are you celebrating something?', type: 'long' },
  { pk: pk + 3, title: 'How many people', type: 'count' },
  {
    pk: pk + 4,
    title: 'Lunch',
    type: 'extended-option',
    options: [
      { pk: pk + 500, name: 'Fish' },
      { pk: pk + 501, name: 'Vegetarian' },
    ],
  },
];

const types = (pk: number, adult: number, child: number): readonly CustomerType[] => [
  { pk, singular: 'Adult', plural: 'Adults', price: adult },
  { pk: pk + 1, singular: 'Child', plural: 'Children', price: child },
];

/** Invented companies in four currencies: with two decimals, none (JPY) and three (KWD). */
export const sampleCompanies: readonly Company[] = [
  {
    shortname: 'harbor-kayaks',
    name: 'Harbor Kayaks',
    currency: 'usd',
    utcOffset: '-1000',
    locale: 'en-US',
    taxPercent: 4.5,
    cancellationHours: 48,
    items: [
      {
        pk: 11001,
        name: 'Sunrise Kayak Tour',
        headline: 'Paddle out before the city wakes',
        minutes: 150,
        capacity: 40,
        customerTypes: types(21001, 9000, 6000),
        questions: wishes(31001),
      },
      {
        pk: 11002,
        name: 'Turtle Snorkelling',
        headline: 'Swim with green sea turtles',
        minutes: 180,
        capacity: 24,
        customerTypes: types(21011, 12500, 9500),
        questions: wishes(31011),
      },
    ],
  },
  {
    shortname: 'bateau-mouette',
    name: 'Bateau Mouette',
    currency: 'eur',
    utcOffset: '+0100',
    locale: 'fr-FR',
    taxPercent: 10,
    cancellationHours: 24,
    items: [
      {
        pk: 12001,
        name: 'Croisière au coucher du soleil',
        headline: 'La ville depuis l’eau',
        minutes: 90,
        capacity: 60,
        customerTypes: types(22001, 4500, 2200),
        questions: wishes(32001),
      },
    ],
  },
  {
    shortname: 'umi-tours',
    name: 'Umi Tours',
    currency: 'jpy',
    utcOffset: '+0900',
    locale: 'ja-JP',
    taxPercent: 10,
    cancellationHours: 72,
    items: [
      {
        pk: 13001,
        name: 'Island Snorkelling Day',
        headline: 'Reefs of the outer islands',
        minutes: 360,
        capacity: 16,
        customerTypes: types(23001, 14800, 9800),
        questions: wishes(33001),
      },
    ],
  },
  {
    shortname: 'dhow-days',
    name: 'Dhow Days',
    currency: 'kwd',
    utcOffset: '+0300',
    locale: 'en-KW',
    taxPercent: 0,
    cancellationHours: 24,
    items: [
      {
        pk: 14001,
        name: 'Evening Dhow Cruise',
        headline: 'Dinner on the bay',
        minutes: 120,
        capacity: 30,
        customerTypes: types(24001, 18500, 9250),
        questions: wishes(34001),
      },
    ],
  },
];

/** The day and time of `instant` (milliseconds) on the company's clock, as FareHarbor writes it: `2026-01-31T09:00:00-1000`. */
export function companyTime({ utcOffset }: Pick<Company, 'utcOffset'>, instant: number): string {
  const shifted = new Date(instant + offsetMinutes(utcOffset) * 60_000).toISOString();
  return `${shifted.slice(0, 19)}${utcOffset}`;
}

/** The start of a tour on the company's clock. `day`: `YYYY-MM-DD`; `time`: `HH:MM`. */
export function startOn({ utcOffset }: Pick<Company, 'utcOffset'>, day: string, time = '09:00'): string {
  return `${day}T${time}:00${utcOffset}`;
}

/** The company's calendar day that lies `days` after the day on which `now` (milliseconds) falls. */
export function companyDay(company: Pick<Company, 'utcOffset'>, now: number, days: number): string {
  return companyTime(company, now + days * 86_400_000).slice(0, 10);
}

/** Milliseconds of a time as FareHarbor writes it. */
export function instantOf(time: string): number {
  return Date.parse(`${time.slice(0, -2)}:${time.slice(-2)}`);
}

function offsetMinutes(utcOffset: string): number {
  const minutes = Number(utcOffset.slice(1, 3)) * 60 + Number(utcOffset.slice(3, 5));
  return utcOffset.startsWith('-') ? -minutes : minutes;
}
