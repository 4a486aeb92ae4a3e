import type { RiskModel } from '../../shared/risk/model.ts';
import { drawTable } from '../local/text-table.ts';
import type { ExportedHistory } from './export-history.ts';
import type { Finding } from './limits.ts';
import type { Interval, Measures, ReliabilityRow } from './measures.ts';
import type { OutcomeVerdict, OwnVerdict } from './own-verdict.ts';
import type { Reference } from './reference.ts';
import type { ShippedFinding } from './shipped-limits.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const ranged = ({ value, low, high }: Interval, decimals = 3): string =>
  `${value.toFixed(decimals)} (${low.toFixed(decimals)}–${high.toFixed(decimals)})`;
const sign = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
const signed = ({ value, low, high }: Interval): string => `${sign(value)} (${sign(low)} to ${sign(high)})`;

const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  drawTable(
    headings.map((heading) => ({ heading, width: 60 })),
    rows,
  );

const NAMES = {
  cancellation: 'shipped model, cancellations',
  noShow: 'shipped model, no-shows among those not cancelled',
} as const;

/** The reference evaluation, for people. */
export function describeReference(reference: Reference): string {
  const { training, test, chosen, small } = reference;
  return [
    `${reference.rows} rows, ${reference.distinct} distinct. Split by the day of booking:`,
    `learnt from ${training.bookings} booked ${training.from} to ${training.until} (${percent(training.rate)} lost),`,
    `forecast    ${test.bookings} booked ${test.from} to ${test.until} (${percent(test.rate)} lost: cancelled, or nobody came).`,
    'Ranges are 95 % bootstrap intervals. Saying the rate learnt of everybody: AUC 0.500, and the Brier score of the last column.',
    '',
    describeResults(reference),
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
    ...small.results.flatMap(({ outcome, reliability }) => [
      `Reliability of the ${NAMES[outcome]}:`,
      describeReliability(reliability),
      '',
    ]),
    `The shipped coefficients (${small.version}) are ${small.sameAsShipped ? 'exactly those' : 'NOT those'} that training on this data gives.`,
    ...(small.sameAsShipped ? [] : ['Trained now:', JSON.stringify(small.trained, null, 2)]),
    '',
  ].join('\n');
}

function describeResults({ results, baseBrier, small }: Reference): string {
  const all = [
    ...results.map((result) => ({ ...result, baseBrier })),
    ...small.results.map((result) => ({ ...result, model: NAMES[result.outcome] })),
  ];
  return table(
    ['model', 'bookings', 'came true', 'AUC', 'Brier', 'Brier of the rate'],
    all.map(({ model, rows, rate, auc, brier, baseBrier: ofRate }) => [
      model,
      String(rows),
      percent(rate),
      ranged(auc),
      ranged(brier, 4),
      ofRate.toFixed(4),
    ]),
  );
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

/** What each fact is worth to the shipped model, and what it does without, for people. */
export const describeShippedLimits = (findings: readonly ShippedFinding[]): string =>
  [
    'What the shipped model of cancellations would reach with one thing changed (refitted on the same rows):',
    table(
      ['changed', 'AUC', 'Brier', 'AUC gained', 'in it, or why not'],
      findings.map(({ changed, auc, brier, gain, because }) => [
        changed,
        auc.toFixed(3),
        brier.toFixed(3),
        signed(gain),
        because,
      ]),
    ),
    '',
  ].join('\n');

/** What was exported, for people. */
export function describeExport(company: string, path: string, { rows, leftOut }: ExportedHistory): string {
  const { tourNotOver, rebooked, unknownDays } = leftOut;
  return [
    `${rows.length} bookings of ${company} written to ${path}.`,
    `Left out: ${tourNotOver} whose tour is not over, ${rebooked} that were rebooked, ${unknownDays} of unknown days.`,
    `Now: npm run evaluate -- --own ${path}`,
    '',
  ].join('\n');
}

/** What the operator puts into their company's settings; undefined where the default stays. */
export function settingsEntryOf({
  verdicts,
  model,
}: OwnVerdict): { readonly risk: { readonly model: RiskModel } } | undefined {
  return verdicts.some(({ replaces }) => replaces) ? { risk: { model } } : undefined;
}

/** The verdict on an operator's own history, for people. */
export function describeOwn(verdict: OwnVerdict): string {
  const { bookings, testFrom, verdicts } = verdict;
  const entry = settingsEntryOf(verdict);
  return [
    `${bookings} bookings of your own; compared on those made from ${testFrom} on.`,
    '',
    ...verdicts.flatMap(describeVerdict),
    ...(entry === undefined
      ? ['Keep the default: leave risk.model out of your settings. Its level follows your own bookings by itself.']
      : ["Put this into your company's settings, beside its name, and deploy:", entryText(entry)]),
    '',
  ].join('\n');
}

/** As it stands in the settings, to be pasted: one member of an object, its last comma included. */
const entryText = (entry: { readonly risk: object }): string => `risk: ${JSON.stringify(entry.risk, null, 2)},`;

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
