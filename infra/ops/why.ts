import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ACTIONS, type Action } from '../../shared/acts/act.ts';
import { type Decided, readDecisions, type Written } from '../../shared/acts/decisions-table.ts';
import { fromBookingItem } from '../../shared/records/booking-item.ts';
import { type BookingRecord, bookingRecordSchema } from '../../shared/records/booking-record.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';
import type { Deployed } from './deployed.ts';

/** All that is known of what was decided about a booking. */
export interface Why {
  /** The record as it is; undefined where there is none any more. */
  readonly record: BookingRecord | undefined;
  /** Oldest first. */
  readonly decided: readonly Decided[];
  readonly written: readonly Written[];
}

/** Reads it. @returns undefined where nothing was ever decided about such a booking. */
export async function readWhy({ dynamo, tables }: Deployed, uuid: string): Promise<Why | undefined> {
  const key = { uuid: toAttribute(uuid) };
  const [{ Item }, entries] = await Promise.all([
    dynamo.send(new GetItemCommand({ TableName: tables.bookings, Key: key, ConsistentRead: true })),
    readDecisions(dynamo, tables.decisions, uuid),
  ]);
  const record = Item && fromBookingItem(bookingRecordSchema, Item);
  if (record === undefined && entries.length === 0) return undefined;
  return {
    record,
    decided: entries.filter((entry) => entry.kind === 'decided'),
    written: entries.filter((entry) => entry.kind === 'written'),
  };
}

/** Versions that are told of; what is older is in the table. */
const MOST_VERSIONS = 5;

/** A person's answer: the latest decision with the facts that led to it, then what was written where. */
export function describeWhy(uuid: string, { record, decided, written }: Why): string {
  const latest = decided.at(-1);
  const earlier = decided.slice(0, -1).slice(-MOST_VERSIONS).reverse();
  return [
    `Booking ${uuid}${record === undefined ? ', which is not held any more' : ''}`,
    ...(latest === undefined ? ['Nothing was decided about it yet.'] : describeDecision(latest, record)),
    '',
    'Written:',
    ...listed(written.slice(-2 * MOST_VERSIONS).flatMap(describeWritten), 'nothing yet'),
    ...(earlier.length === 0 ? [] : ['', 'Before that:', ...earlier.map(describeEarlier)]),
  ].join('\n');
}

function describeDecision(entry: Decided, record: BookingRecord | undefined): string[] {
  const { version, at, reasons, features } = entry;
  const facts = Object.entries(features)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => `${name} ${value ?? 'unknown'}`);
  return [
    `Version ${version}, decided at ${at}`,
    `Read by ${readerOf(entry)}`,
    '',
    ...ACTIONS.flatMap((action) => describeAct(action, entry, record)),
    '',
    ...REASONS.flatMap(([name, title]) => {
      const why = reasons[name] ?? [];
      return why.length === 0 ? [] : [`${title}: ${why.join('; ')}`];
    }),
    ...(facts.length === 0 ? [] : [`Facts: ${facts.join(', ')}`]),
  ];
}

const REASONS = [
  ['score', 'Score, because of'],
  ['routing', 'Routing, because of'],
  ['segment', 'Segment, because of'],
  ['churn', 'Churn risk, because of'],
  ['upsell', 'Recommendation, because of'],
  ['cancellation', 'Risk of cancellation, because of'],
  ['noShow', 'Risk of no-show, because of'],
] as const;

function readerOf({ readBy, rulesReason, model }: Decided): string {
  if (readBy === 'rules')
    return `rules alone (${rulesReason ?? 'no reason noted'})${model === null ? '' : asked(model)}`;
  return model === null ? 'a model' : `${model.name}${asked(model)}`;
}

function asked({ promptVersion, inputTokens, outputTokens, costMicroUsd, inputHash }: NonNullable<Decided['model']>) {
  const cost = costMicroUsd === null ? 'cost unknown' : `${(costMicroUsd / 1_000_000).toFixed(6)} USD`;
  return `, prompt ${promptVersion}, ${inputTokens} + ${outputTokens} tokens, ${cost}, input ${inputHash.slice(0, 12)}`;
}

const DOES = {
  write: 'to be written',
  shadow: 'not written',
  review: 'waits for a person',
  nothing: 'not written',
} as const;
/** What is read first; all else follows by name. */
const FIRST: ReadonlySet<string> = new Set(['score', 'segment', 'routing', 'upsell']);

function describeAct(action: Action, { acts }: Decided, record: BookingRecord | undefined): string[] {
  const act = acts[action];
  if (act === undefined) return [];
  const output = Object.entries(act.output ?? {})
    .filter(([name, value]) => value !== null && value !== '' && name !== 'because')
    .sort(([a], [b]) => Number(FIRST.has(b)) - Number(FIRST.has(a)) || a.localeCompare(b))
    .map(([name, value]) => (FIRST.has(name) ? String(value) : `${name} ${value}`));
  const why = act.why === act.mode ? [] : [act.why];
  const edited = act.approval?.edited === undefined ? [] : [`edited to ${act.approval.edited}`];
  const shown = action === 'summary' && record?.understanding.summary ? [`    ${record.understanding.summary}`] : [];
  const how = [act.mode, ...why, ...edited].join('; ');
  return [`${action}: ${output.join(', ') || 'none'} → ${DOES[act.does]} (${how})`, ...shown];
}

function describeWritten({ at, sink, version, wrote, links, uuid }: Written): string[] {
  const ids = Object.entries(links).map(([name, id]) => `${name} ${id}`);
  const acts = wrote.map(
    ({ action, of, place }) => `${action} at ${place}${of === uuid ? '' : ` as of booking ${of}`}`,
  );
  return [`${at} ${sink}, version ${version}: ${[...acts, ...ids].join(', ') || 'facts only'}`];
}

function describeEarlier({ at, version, acts }: Decided): string {
  const did = ACTIONS.flatMap((action) => {
    const act = acts[action];
    return act === undefined ? [] : [`${action} ${act.mode}/${act.does}`];
  });
  return `${at} version ${version}: ${did.join(', ')}`;
}

function listed(lines: readonly string[], none: string): string[] {
  return lines.length === 0 ? [`  ${none}`] : lines.map((line) => `  ${line}`);
}
