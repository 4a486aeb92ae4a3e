import { type Column, drawTable } from '../local/text-table.ts';
import type { Histogram } from './engine/histogram.ts';
import { AS_OF, type Fact, LATENCY_MS, OWN, QUOTAS, SPREAD, TRAFFIC } from './facts.ts';
import type { Rung } from './ladder.ts';
import { LIMIT_NAMES, LIMITS, type LimitName, type Share, standings } from './limits.ts';
import { MEASURED_AT, SERVICE, type Service } from './service.ts';
import type { Case, StudyRule } from './study.ts';
import { SINKS } from './world.ts';

/** What the figures stand for, and what they leave out. */
const LEFT_OUT = `Not simulated: what DynamoDB's throttling and retries do (a limit above 100 % counts as broken), lost races for the
item of FareHarbor's budget beyond one per call, what a process remembers of a booking just asked for, hints that reconcile
sends again, steps aside, vendors that fail, storms that hit many companies at once. Latencies of vendors are assumed.`;

/** The whole report as text. */
export function describeStudy(cases: readonly Case[], rule: StudyRule): string {
  const { bookingsPerDay, seed, plant } = rule;
  return [
    `One deployment as set (infra/stages.ts), ${bookingsPerDay} bookings and ${bookingsPerDay * TRAFFIC.webhooksPerBooking.value} webhooks a day of an average company, seed ${seed}; figures as of ${AS_OF}, --facts lists them.`,
    `\nA day, from midnight to midnight`,
    dayTable(cases),
    `\nWhat is used of what there is: mean of the day / busiest hour`,
    usedTable(cases),
    `\nThe highest rate that can last, 99 % in both vendors within 60 s, and what moves it (each step with all before it)`,
    ladderTable(cases),
    `\nWhat the number of companies alone reaches`,
    standingTable(Math.min(...Object.values(plant.memory))),
    `\n${LEFT_OUT}\n`,
  ].join('\n');
}

function columnsOf(first: string, cases: readonly Case[], width = 22): Column[] {
  return [{ heading: first, width: 44 }, ...cases.map((one) => ({ heading: headingOf(one), width }))];
}

function headingOf({ companies }: Case): string {
  return companies === 1 ? '1 company' : `${count(companies)} companies`;
}

function dayTable(cases: readonly Case[]): string {
  const rows: [string, (one: Case) => string][] = [
    ['webhooks', ({ day }) => count(day.counts.webhooks)],
    [
      'a second: average / busiest hour',
      ({ day }) => `${rate(day.counts.webhooks / 86_400)} / ${rate(day.used.webhooks.largestHour / 3600)}`,
    ],
    ['refused at the gateway', ({ day }) => count(day.counts.refused)],
    ['webhook → Salesforce, p50 / p99', ({ day }) => delays(day.delays.crm)],
    ['webhook → Mailchimp, p50 / p99', ({ day }) => delays(day.delays.marketing)],
    [
      'in Salesforce / Mailchimp within 60 s',
      ({ day: { counts } }) =>
        SINKS.map((sink) => percent(1 - counts.late[sink] / Math.max(1, counts.changes))).join(' / '),
    ],
    [
      'most waiting: bookings / crm / marketing',
      ({ day: { largest } }) => [largest.bookings, largest.crm, largest.marketing].map(count).join(' / '),
    ],
    [
      'waiting at the end',
      ({ day: { backlog } }) => [backlog.bookings, backlog.crm, backlog.marketing].map(count).join(' / '),
    ],
    [
      'webhooks believed without FareHarbor',
      ({ day: { counts } }) => percent(counts.believed / Math.max(1, counts.lookedAt)),
    ],
    ['not verified at the end', ({ day }) => count(day.backlog.notes)],
    ['fullest, busiest hour', (one) => fullestOf(one)],
  ];
  return drawTable(
    columnsOf('', cases, 26),
    rows.map(([name, cell]) => [name, ...cases.map(cell)]),
  );
}

function fullestOf({ day }: Case): string {
  const [fullest] = LIMIT_NAMES.map((name) => ({ name, peak: LIMITS[name].shareOf(day).peak })).toSorted(
    (a, b) => b.peak - a.peak,
  );
  return fullest === undefined ? '' : `${LIMITS[fullest.name].name} ${percent(fullest.peak)}`;
}

function usedTable(cases: readonly Case[]): string {
  const columns = [...columnsOf('', cases, 17), { heading: 'what moves it', width: 62 }];
  const cell = ({ mean, peak }: Share): string => `${percent(mean)} / ${percent(peak)}`;
  return drawTable(
    columns,
    LIMIT_NAMES.map((name) => {
      const { name: text, shareOf, moves } = LIMITS[name];
      return [text, ...cases.map(({ day }) => cell(shareOf(day))), moves];
    }),
  );
}

function ladderTable(cases: readonly Case[]): string {
  const columns = [
    { heading: '', width: 16 },
    { heading: 'with', width: 44 },
    { heading: 'webhooks/s', width: 10 },
    { heading: 'a day', width: 12 },
    { heading: 'unverified', width: 10 },
    { heading: 'stops there', width: 42 },
  ];
  const rows = cases.flatMap((one) => {
    const { verified, ladder } = one;
    const first = [headingOf(one), 'as deployed, all verified by FareHarbor', ...figuresOf(verified)];
    return [first, ...ladder.map((rung, index) => ['', withWhat(ladder[index - 1]), ...figuresOf(rung.ceiling)])];
  });
  return drawTable(columns, rows);
}

function withWhat(before: Rung | undefined): string {
  return before?.relief === undefined ? 'as deployed' : `${before.relief.kind}: ${before.relief.what}`;
}

function figuresOf({ perSecond, bottleneck, outcome: { counts } }: Rung['ceiling']): string[] {
  return [
    rate(perSecond),
    count(Math.round(perSecond * 86_400)),
    percent(counts.believed / Math.max(1, counts.lookedAt)),
    bottleneck === undefined ? 'nothing, as far as was looked' : nameOf(bottleneck),
  ];
}

function nameOf(limit: LimitName): string {
  return LIMITS[limit].name;
}

function standingTable(smallestMemoryMb: number): string {
  const columns = [
    { heading: 'what', width: 50 },
    { heading: 'companies', width: 10 },
    { heading: 'beyond', width: 80 },
  ];
  return drawTable(
    columns,
    standings(smallestMemoryMb).map(({ name, most, beyond }) => [name, count(most), beyond]),
  );
}

/** The figures that the simulation goes by, with their sources. */
export function describeFacts(): string {
  const all: Record<string, Fact> = { ...QUOTAS, ...OWN, ...TRAFFIC };
  const columns = [
    { heading: 'figure', width: 24 },
    { heading: 'value', width: 34 },
    { heading: 'source', width: 88 },
  ];
  const rows = Object.entries(all).map(([name, { value, unit, source }]) => [name, `${figure(value)} ${unit}`, source]);
  const work = [
    { heading: 'one message', width: 28 },
    { heading: 'processor', width: 10 },
    { heading: 'calls one after the other', width: 100 },
  ];
  const latencies = Object.entries(LATENCY_MS).map(([wait, ms]) => `${wait} ${ms}`);
  return [
    `Limits and habits, as of ${AS_OF}`,
    drawTable(columns, rows),
    `\nWork of one message, counted ${MEASURED_AT.slice(0, 10)} (npm run cost -- --measure)`,
    drawTable(
      work,
      servicesOf().map(([name, service]) => [name, `${figure(service.cpuMs)} ms`, callsOf(service)]),
    ),
    `\nMilliseconds of a call (infra/cost/assumptions.ts; of vendors assumed, and spread by ${SPREAD.value} of their logarithm): ${latencies.join(', ')}\n`,
  ].join('\n');
}

function servicesOf(): (readonly [string, Service])[] {
  const { ingest, nothingNew, enrichment, crm, marketing, look, back } = SERVICE;
  return [
    ['ingest', ingest],
    ['enrichment, nothing new', nothingNew],
    ['enrichment, new booking', enrichment.first],
    ['enrichment, change', enrichment.later],
    ['crm-sync, new booking', crm.first],
    ['crm-sync, change', crm.later],
    ['marketing-sync, new booking', marketing.first],
    ['marketing-sync, change', marketing.later],
    ['a look at what is there', look],
    ['a webhook that goes back', back],
  ];
}

function callsOf({ waits }: Service): string {
  const calls = Object.entries(waits).filter(([, mean]) => mean > 0.005);
  return calls.map(([wait, mean]) => `${wait} ${figure(mean)}`).join(', ');
}

/** The same for programs. */
export function studyAsJson(cases: readonly Case[], { bookingsPerDay, seed }: StudyRule) {
  const histogram = (one: Histogram) => ({ p50: one.quantile(0.5), p99: one.quantile(0.99) });
  return {
    asOf: AS_OF,
    bookingsPerDay,
    seed,
    cases: cases.map(({ companies, day, verified, ladder }) => ({
      companies,
      day: {
        counts: day.counts,
        seconds: { crm: histogram(day.delays.crm), marketing: histogram(day.delays.marketing) },
        backlog: day.backlog,
        largest: day.largest,
        used: Object.fromEntries(LIMIT_NAMES.map((name) => [name, LIMITS[name].shareOf(day)])),
      },
      verifiedPerSecond: verified.perSecond,
      ladder: ladder.map(({ ceiling: { perSecond, bottleneck }, relief }) => ({
        perSecond,
        bottleneck,
        relief: relief === undefined ? undefined : { kind: relief.kind, what: relief.what },
      })),
    })),
  };
}

function delays(histogram: Histogram): string {
  return `${duration(histogram.quantile(0.5))} / ${duration(histogram.quantile(0.99))}`;
}

function duration(seconds: number): string {
  if (seconds >= 5400) return `${(seconds / 3600).toFixed(1)} h`;
  return seconds >= 90 ? `${Math.round(seconds / 60)} min` : `${seconds.toFixed(1)} s`;
}

function rate(perSecond: number): string {
  return perSecond >= 10 ? perSecond.toFixed(0) : perSecond >= 0.1 ? perSecond.toFixed(1) : perSecond.toFixed(4);
}

function percent(share: number): string {
  const value = 100 * share;
  if (value === 0) return '0 %';
  // What is nearly all is not all.
  const isFine = value < 10 || (value > 99 && value < 99.95);
  return value < 0.1 ? '<0.1 %' : `${value.toFixed(isFine ? 1 : 0)} %`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function figure(value: number): string {
  return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(3)));
}
