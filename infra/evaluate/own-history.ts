import * as z from 'zod';
import type { RiskFacts } from '../../shared/risk/model.ts';
import { describeIssues } from '../../shared/settings/issues.ts';
import { BadInput, type Csv } from './csv.ts';
import type { KnownBooking } from './risk-training.ts';

const count = z
  .string()
  .regex(/^\d{1,6}$/, 'expected a whole number, 0 or more')
  .transform(Number);
const flag = z.enum(['0', '1'], 'expected 0 or 1');
const filled = z.string().min(1, 'expected a value');
const day = z.iso.date('expected a day such as 2026-05-31');

/** The columns of an operator's own history, one row per booking whose tour is over; README and `--help` print `about`. */
export const OWN_COLUMNS = {
  booking: { schema: filled, about: 'a number of the row, or whatever finds it again; no two alike' },
  booked_on: { schema: day, about: "day the booking was made, on the operator's calendar" },
  tour_on: { schema: day, about: 'day of the tour' },
  party_size: { schema: count, about: 'people booked' },
  children: { schema: count, about: 'children among them' },
  earlier_bookings: {
    schema: count,
    about: "the guest's bookings with a tour before booked_on on which they came",
  },
  earlier_cancellations: { schema: count, about: 'those of them that were cancelled' },
  earlier_no_shows: { schema: count, about: 'those of them on which nobody came' },
  affiliate: { schema: flag, about: '1 where an affiliate sold it' },
  affiliate_desk: {
    schema: flag,
    about: "1 where an affiliate's person sold it (it names an agent or desk), not its website",
  },
  paid_share: {
    schema: z
      .string()
      .regex(/^(0(\.\d+)?|1(\.0+)?)?$/, 'expected 0 to 1, or nothing')
      .transform((text) => (text === '' ? null : Number(text))),
    about: 'share of the price that was paid with the booking, 0 to 1; empty where unknown',
  },
  outcome: {
    schema: z.enum(['came', 'cancelled', 'no-show'], 'expected came, cancelled or no-show'),
    about: 'what became of it',
  },
} as const;

type OwnColumn = keyof typeof OWN_COLUMNS;
export type OwnRow = Readonly<Record<OwnColumn, string>>;

const ownRowSchema = z
  .object({
    booking: OWN_COLUMNS.booking.schema,
    booked_on: OWN_COLUMNS.booked_on.schema,
    tour_on: OWN_COLUMNS.tour_on.schema,
    party_size: OWN_COLUMNS.party_size.schema,
    children: OWN_COLUMNS.children.schema,
    earlier_bookings: OWN_COLUMNS.earlier_bookings.schema,
    earlier_cancellations: OWN_COLUMNS.earlier_cancellations.schema,
    earlier_no_shows: OWN_COLUMNS.earlier_no_shows.schema,
    affiliate: OWN_COLUMNS.affiliate.schema,
    affiliate_desk: OWN_COLUMNS.affiliate_desk.schema,
    paid_share: OWN_COLUMNS.paid_share.schema,
    outcome: OWN_COLUMNS.outcome.schema,
  })
  .refine(({ booked_on, tour_on }) => booked_on <= tour_on, {
    path: ['tour_on'],
    message: 'expected no day before booked_on',
  });

const COLUMN_NAMES = [
  'booking',
  'booked_on',
  'tour_on',
  'party_size',
  'children',
  'earlier_bookings',
  'earlier_cancellations',
  'earlier_no_shows',
  'affiliate',
  'affiliate_desk',
  'paid_share',
  'outcome',
] as const satisfies readonly OwnColumn[];

/** The first line of an exported history. */
export const OWN_HEADER = COLUMN_NAMES.join(',');

/** A row as a line of CSV; no cell can hold a comma. */
export const csvLineOf = (row: OwnRow): string => COLUMN_NAMES.map((name) => row[name]).join(',');

/**
 * Reads an operator's own history. Columns may stand in any order; others are not looked at.
 * @throws BadInput naming missing columns, or the line, its column and what was expected.
 */
export function ownHistoryOf({ header, rows }: Csv): KnownBooking[] {
  const missing = COLUMN_NAMES.filter((name) => !header.includes(name));
  if (missing.length > 0) throw new BadInput(`line 1: ${missing.join(', ')} missing. The columns are ${OWN_HEADER}.`);
  const seen = new Map<string, number>();
  return rows.map(({ line, cells }) => {
    const row = Object.fromEntries(COLUMN_NAMES.map((name) => [name, (cells[header.indexOf(name)] ?? '').trim()]));
    const parsed = ownRowSchema.safeParse(row);
    if (!parsed.success) throw new BadInput(`line ${line}: ${describeIssues(parsed.error)}.`);
    const before = seen.get(parsed.data.booking);
    if (before !== undefined) throw new BadInput(`line ${line}: the booking of line ${before} again.`);
    seen.set(parsed.data.booking, line);
    return knownOf(parsed.data);
  });
}

function knownOf(row: z.infer<typeof ownRowSchema>): KnownBooking {
  const [bookedDay, tourDay] = [row.booked_on, row.tour_on].map((date) => Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  const facts: RiskFacts = {
    leadDays: (tourDay ?? 0) - (bookedDay ?? 0),
    partySize: row.party_size,
    children: row.children,
    earlierBookings: row.earlier_bookings,
    earlierCancellations: row.earlier_cancellations,
    earlierNoShows: row.earlier_no_shows,
    affiliate: row.affiliate === '1',
    affiliateDesk: row.affiliate === '1' && row.affiliate_desk === '1',
    weekend: [0, 6].includes(new Date(`${row.tour_on}T00:00:00Z`).getUTCDay()),
    paidShare: row.paid_share,
  };
  return { bookedDay: bookedDay ?? 0, facts, outcome: row.outcome };
}
