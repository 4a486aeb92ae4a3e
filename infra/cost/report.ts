import { OTHER_PRICES } from '../prices.ts';
import { type Costing, type Line, linesOf, monthOf } from './calculate.ts';
import { LACKS, n8nMonth, zapierMonth, zapierTasks } from './comparison.ts';
import { movesOf, total } from './moves.ts';

/** Dollars a million webhooks at most: the work itself, without a model and what is kept. */
export const AIM_PER_MILLION = 12;
const DOMINANT = 5;

/** The bill of a month, as JSON would have it. */
export interface Bill {
  readonly webhooks: number;
  readonly lines: readonly (Line & { readonly month: number })[];
  readonly perMillion: number;
  /** Of `perMillion`: the work itself, waiting for the model, and what is kept of bookings. */
  readonly perMillionOf: Readonly<Record<Line['of'], number>>;
  readonly perMonthFixed: number;
  readonly month: number;
  readonly zapier: { readonly tasks: number; readonly month: number };
  readonly n8n: { readonly month: number };
}

export function billOf(costing: Costing, webhooks: number): Bill {
  const lines = linesOf(costing);
  const { perMillion, perMonth } = total(lines);
  const tasks = zapierTasks(webhooks, costing.assumed);
  return {
    webhooks,
    lines: lines.map((line) => ({ ...line, month: monthOf([line], webhooks) })),
    perMillion,
    perMillionOf: { work: only(lines, 'work'), model: only(lines, 'model'), kept: only(lines, 'kept') },
    perMonthFixed: perMonth,
    month: monthOf(lines, webhooks),
    zapier: { tasks, month: zapierMonth(tasks, OTHER_PRICES.zapier) },
    n8n: { month: n8nMonth(OTHER_PRICES.n8n) },
  };
}

const only = (lines: readonly Line[], what: Line['of']): number =>
  total(lines.filter((line) => line.of === what)).perMillion;

/** The bill for people: lines, sum, what dominates, what would move it, and what others take. */
export function drawBill(costing: Costing, webhooks: number, stage: string): string {
  const bill = billOf(costing, webhooks);
  const { measured, assumed, prices } = costing;
  const of = bill.perMillionOf;
  return [
    `Stage ${stage}, ${count(webhooks)} webhooks a month, ${percent(assumed.irrelevant)} of them without news.`,
    `Work as measured on ${measured.at.slice(0, 10)}, prices of ${prices.asOf} (us-east-1, without free tiers).`,
    `Answers within: ${latencies(costing)}.`,
    '',
    linesTable(bill),
    '',
    `A million webhooks: ${dollars(of.work)} of work (aim: ${dollars(AIM_PER_MILLION)}, ${of.work <= AIM_PER_MILLION ? 'met' : 'not met'}), ${dollars(of.model)} waiting for the model, ${dollars(of.kept)} for keeping their bookings.`,
    `A month besides, whatever comes: ${dollars(bill.perMonthFixed)}.`,
    'Not in it: the fees of FareHarbor, Salesforce, Mailchimp and the model (npm run bench -- --model).',
    '',
    ...dominant(bill),
    '',
    'What would move it (saved of a million / of each month):',
    ...movesOf(costing).map(
      ({ setting, perMillion, perMonth }) => `  ${dollars(perMillion)} / ${dollars(perMonth)}  ${setting}`,
    ),
    '',
    ...compared(bill),
  ].join('\n');
}

function linesTable(bill: Bill): string {
  const rows: readonly (readonly [string, ...string[]])[] = [
    ['', 'a million', 'a month', 'together'],
    ...bill.lines.map((line) => row(line.part, line.perMillion, line.perMonth, line.month)),
    row('Sum', bill.perMillion, bill.perMonthFixed, bill.month),
  ];
  const width = Math.max(...rows.map(([part]) => part.length));
  return rows
    .map(([part, ...values]) => part.padEnd(width) + values.map((one) => one.padStart(11)).join(''))
    .join('\n');
}

const dollars = (value: number): string => `$${value.toFixed(2)}`;

const row = (part: string, ...values: readonly number[]): readonly [string, ...string[]] => [
  part,
  ...values.map(dollars),
];

function dominant({ lines, month }: Bill): string[] {
  const dearest = lines.toSorted((a, b) => b.month - a.month).slice(0, DOMINANT);
  return ['What dominates:', ...dearest.map(({ part, month: own }) => `  ${percent(own / month)}  ${part}`)];
}

function compared({ webhooks, month, zapier, n8n }: Bill): string[] {
  return [
    `The same ${count(webhooks)} webhooks elsewhere (prices of ${OTHER_PRICES.asOf}, second-hand: look before you quote them):`,
    `  Zapier: ${count(zapier.tasks)} tasks, ${dollars(zapier.month)} a month, ${times(zapier.month, month)} of ours; ${LACKS.zapier}`,
    `    ${OTHER_PRICES.zapier.source}`,
    `  n8n on a small machine: ${dollars(n8n.month)} a month, ${times(n8n.month, month)} of ours; ${LACKS.n8n}`,
    `    ${OTHER_PRICES.n8n.source}`,
  ];
}

function latencies({ assumed }: Costing): string {
  return Object.entries(assumed.latencyMs)
    .map(([name, ms]) => `${name} ${ms} ms`)
    .join(', ');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const times = (one: number, other: number): string => `${(one / other).toFixed(1)} times the price`;
