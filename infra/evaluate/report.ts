import { drawTable } from '../local/text-table.ts';
import type { Finding } from './limits.ts';
import type { Interval, Measures, ReliabilityRow } from './measures.ts';
import type { OutcomeVerdict, OwnVerdict } from './own-verdict.ts';
import type { Reference } from './reference.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const ranged = ({ value, low, high }: Interval): string => `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
const sign = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
const signed = ({ value, low, high }: Interval): string => `${sign(value)} (${sign(low)} to ${sign(high)})`;

const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  drawTable(
    headings.map((heading) => ({ heading, width: 60 })),
    rows,
  );

/** The reference evaluation, for people. */
export function describeReference(reference: Reference): string {
  const { training, test, chosen, small } = reference;
  return [
    `${reference.rows} rows, ${reference.distinct} distinct. Split by the day of booking:`,
    `learnt from ${training.bookings} booked ${training.from} to ${training.until} (${percent(training.rate)} lost),`,
    `forecast    ${test.bookings} booked ${test.from} to ${test.until} (${percent(test.rate)} lost: cancelled, or nobody came).`,
    `Saying the same of everybody: AUC 0.500, Brier ${reference.baseBrier.toFixed(3)}. Ranges are 95 % bootstrap intervals.`,
    '',
    table(
      ['model', 'bookings', 'came true', 'AUC', 'Brier'],
      reference.results.map(({ model, rows, rate, auc, brier }) => [
        model,
        String(rows),
        percent(rate),
        ranged(auc),
        ranged(brier),
      ]),
    ),
    '',
    `Trees: ${chosen.trees} of at most ${chosen.maxLeaves} leaves, rate ${chosen.learningRate}, ${
      chosen.halfLifeDays === null
        ? 'all bookings count the same'
        : `a booking counts half after ${chosen.halfLifeDays} days`
    }; chosen within the training period.`,
    '',
    'Reliability of the boosted trees, by tenths:',
    describeReliability(reference.reliability),
    '',
    `The shipped coefficients (${small.version}) are ${small.sameAsShipped ? 'exactly those' : 'NOT those'} that training on this data gives.`,
    ...(small.sameAsShipped ? [] : ['Trained now:', JSON.stringify(small.trained, null, 2)]),
    '',
  ].join('\n');
}

const describeReliability = (rows: readonly ReliabilityRow[]): string =>
  table(
    ['bookings', 'forecast', 'seen'],
    rows.map(({ rows: count, forecast, seen }) => [String(count), percent(forecast), percent(seen)]),
  );

/** What each feature is worth and what other ways of splitting would show, for people. */
export const describeLimits = (findings: readonly Finding[]): string =>
  [
    'What limits the AUC (same trees, one thing changed at a time; the first line is the yardstick):',
    table(
      ['changed', 'AUC', 'Brier'],
      findings.map(({ changed, auc, brier }) => [changed, auc.toFixed(3), brier.toFixed(3)]),
    ),
    '',
  ].join('\n');

/** The verdict on an operator's own history, for people. */
export function describeOwn({ bookings, testFrom, verdicts, model }: OwnVerdict): string {
  const replaces = verdicts.some((verdict) => verdict.replaces);
  return [
    `${bookings} bookings of your own; compared on those made from ${testFrom} on.`,
    '',
    ...verdicts.flatMap(describeVerdict),
    replaces ? 'Use these coefficients from now on:' : 'Keep the default; at your own level it is:',
    JSON.stringify(model, null, 2),
    '',
  ].join('\n');
}

function describeVerdict({ outcome, replaces, because, measured }: OutcomeVerdict): string[] {
  const name = outcome === 'cancellation' ? 'Cancellations' : 'No-shows';
  const verdict = `${name}: ${replaces ? 'your own history replaces the default' : 'the default stays'}: ${because}.`;
  if (measured === undefined) return [verdict, ''];
  const line = (label: string, { auc, brier }: Measures): string[] => [label, ranged(auc), ranged(brier)];
  return [
    verdict,
    table(
      ['model', 'AUC', 'Brier'],
      [
        line('own', measured.own),
        line('default', measured.default),
        ['difference', signed(measured.gain.auc), signed(measured.gain.brier)],
      ],
    ),
    describeReliability(measured.reliability),
    '',
  ];
}
