import type { HintSink } from '../../../shared/fifo/hint.ts';
import type { GuestRows, GuestsTable } from '../../../shared/guest/guests-table.ts';
import type { Log } from '../../../shared/observability/logger.ts';
import type { BookingRecord, SinkName } from '../../../shared/records/booking-record.ts';
import type { BookingsTable, Rewrites } from '../../../shared/records/bookings-table.ts';
import type { BroughtTo, BulkNotes } from '../../../shared/records/bulk-notes.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import type { ActsOfSinks } from '../../../shared/sink/acts-of-sinks.ts';
import type { BulkOutcome, BulkOutcomes, BulkSink, BulkTask } from '../../../shared/sink/bulk-sink.ts';
import { settingsOf } from '../../../shared/sink/sink.ts';
import type { BulkSinks } from '../bulk-sinks.ts';
import {
  isForBulk,
  isOnTheMove,
  isStillTrue,
  othersOf,
  type Party,
  type Prepared,
  prepare,
  roundsOf,
  sinksBehind,
  toReadAgain,
} from './prepare.ts';
import type { ReplaceSinkRow } from './sink-rows.ts';
import { wroteInBulk } from './wrote-in-bulk.ts';

export interface BulkDeps {
  readonly bookings: Pick<BookingsTable, 'read' | 'settleAttention'> & Rewrites;
  readonly notes: BulkNotes;
  readonly guests: Pick<GuestsTable, 'read'>;
  readonly replaceSinkRow: ReplaceSinkRow;
  readonly sinks: readonly BulkSink[];
  readonly acts: ActsOfSinks;
  readonly settings: Settings;
  readonly hint: HintSink;
  /** Whether a destination may be called for a company: nobody has stopped it, and its day's calls are not needed more. */
  readonly mayGoOn: (sink: SinkName, company: string) => Promise<boolean>;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly log: Log;
  readonly now: () => Date;
}

/** Guests brought together: as many as Mailchimp takes in one call. */
const GUESTS_AT_ONCE = 500;
/** Reads and notes in the tables at once. */
const TABLE_CALLS = 20;

/** What a vendor did not answer in time it may still do, for so long: milliseconds. */
const SURELY_OVER_MS = 120_000;

type Counts = Record<'brought' | 'left' | 'waiting', number>;

/** As the interface says, and how many wait for a destination that takes nothing now. */
export interface BulkBringing extends BulkSinks {
  bring(records: readonly BookingRecord[]): Promise<Readonly<Counts>>;
}

/**
 * Brings history to every destination with few calls.
 *
 * Live syncs of the same guests go on meanwhile, in other processes, and bulk writes stand in no guest's queue. So each
 * record is marked before anything is written, and afterwards all is read again that was written from: where it has
 * changed, or somebody else was at the record, the live path is made to write the newest state once more, in the
 * guest's order. Should this process die in between, the mark makes the live path do so, or the next bulk write.
 *
 * What a vendor refuses is left to the live path, too: it parks each booking with its own reason. What a vendor does
 * not take now waits as it is, and is counted in neither figure.
 */
export function bringInBulk(deps: BulkDeps): BulkBringing {
  return {
    async bring(records) {
      const counts: Counts = { brought: 0, left: 0, waiting: 0 };
      for (const [company, own] of Map.groupBy(records, (record) => record.company)) {
        const forBulk = own.filter(isForBulk);
        // All the others are hinted already: they changed, or somebody wants them written again.
        counts.left += own.length - forBulk.length;
        for (const round of roundsOf(forBulk)) {
          for (let from = 0; from < round.length; from += GUESTS_AT_ONCE) {
            await bringParties(company, round.slice(from, from + GUESTS_AT_ONCE), counts, deps);
          }
        }
      }
      return counts;
    },
  };
}

/** A booking that is marked for the sinks that are behind. */
interface Marked {
  readonly record: BookingRecord;
  readonly mark: string;
  readonly sinks: readonly SinkName[];
}

async function bringParties(company: string, parties: readonly Party[], counts: Counts, deps: BulkDeps): Promise<void> {
  const open = await openSinks(company, deps);
  const prepared: Prepared[] = [];
  const marks = new Map<string, Marked>();
  await eachOf(await prepareAll(parties, deps), async ({ party, ready }) => {
    if (ready === undefined) return await leaveAll(party.records, counts, deps);
    prepared.push(ready);
    for (const record of party.records) await mark(record, open, marks, counts, deps);
  });
  const outcomes = await writeAll(company, prepared, marks, deps);
  await conclude(prepared, marks, outcomes, counts, deps);
  const codes = [...outcomes.values()].flatMap((own) => [...own.values()].map(codeOf));
  if (codes.some((code) => code?.endsWith('.timeout'))) await deps.wait(SURELY_OVER_MS);
}

interface MaybeReady {
  readonly party: Party;
  /** None where only the live path can keep the order of what is written. */
  readonly ready: Prepared | undefined;
}

async function prepareAll(parties: readonly Party[], deps: BulkDeps): Promise<MaybeReady[]> {
  const rows = new Map<Party, GuestRows>();
  await eachOf(parties, async (party) => {
    rows.set(party, await deps.guests.read(party.guestKey));
  });
  const others = await deps.notes.readMany([...rows].flatMap(([party, own]) => othersOf(party, own)));
  const given = new Map(
    parties.flatMap(({ records }) => records.map((record): [string, BookingRecord] => [record.uuid, record])),
  );
  const read = async (uuid: string) => given.get(uuid) ?? others.get(uuid) ?? (await deps.bookings.read(uuid));
  const prepared: MaybeReady[] = [];
  await eachOf([...rows], async ([party, own]) => {
    const moving = isOnTheMove(othersOf(party, own).flatMap((uuid) => others.get(uuid) ?? []));
    prepared.push({ party, ready: moving ? undefined : await prepare(party, own, read, deps.now) });
  });
  return prepared;
}

/** The sinks that may be written to now. */
async function openSinks(company: string, { sinks, mayGoOn }: BulkDeps): Promise<ReadonlySet<SinkName>> {
  const names = sinks.map(({ name }) => name);
  const may = await Promise.all(names.map((name) => mayGoOn(name, company)));
  return new Set(names.filter((_, index) => may[index]));
}

async function mark(
  record: BookingRecord,
  open: ReadonlySet<SinkName>,
  marks: Map<string, Marked>,
  counts: Counts,
  deps: BulkDeps,
): Promise<void> {
  const behind = sinksBehind(record);
  const sinks = behind.filter((sink) => open.has(sink));
  if (behind.length === 0) {
    await deps.bookings.settleAttention(record);
    counts.brought += 1;
  } else if (sinks.length === 0) {
    counts.waiting += 1;
  } else {
    const made = await deps.notes.begin(record, sinks);
    if (made === undefined) counts.left += 1;
    else marks.set(record.uuid, { record, mark: made, sinks });
  }
}

/** Both vendors at the same time: neither waits for the other. */
async function writeAll(
  company: string,
  prepared: readonly Prepared[],
  marks: ReadonlyMap<string, Marked>,
  deps: BulkDeps,
): Promise<ReadonlyMap<SinkName, BulkOutcomes>> {
  const policies = await deps.acts.policiesOf(company, deps.settings.companies[company]?.acts ?? {});
  const written = deps.sinks.map(async (sink) => {
    const wrote = wroteInBulk(sink.name, deps);
    const tasks = prepared.flatMap((one) => taskFor(sink.name, { one, marks, policies, wrote: wrote.note }, deps));
    if (tasks.length === 0) return [sink.name, new Map()] as const;
    const outcomes = await sink.bring(company, tasks, () => deps.mayGoOn(sink.name, company));
    await eachOf(tasks, (task) => wrote.append(task, outcomes.get(task.guest.key)));
    return [sink.name, outcomes] as const;
  });
  return new Map(await Promise.all(written));
}

interface ForTask extends Pick<BulkTask, 'policies' | 'wrote'> {
  readonly one: Prepared;
  readonly marks: ReadonlyMap<string, Marked>;
}

function taskFor(sink: SinkName, given: ForTask, { settings, replaceSinkRow }: BulkDeps): BulkTask[] {
  const { one, marks, policies, wrote } = given;
  const { party, rows, guest, sales } = one;
  const bookings = party.records.flatMap((record) => {
    const sale = sales.get(record.uuid);
    return marks.get(record.uuid)?.sinks.includes(sink) && sale !== undefined ? [{ record, sale }] : [];
  });
  if (bookings.length === 0) return [];
  let known = rows.sinks[sink];
  const keep = async (value: object): Promise<void> => {
    await replaceSinkRow(party.guestKey, sink, value, known);
    known = value;
  };
  const own = settingsOf(guest.company, settings);
  return [{ guest: { ...guest, kept: known }, settings: own, policies, wrote, keep, bookings }];
}

async function conclude(
  prepared: readonly Prepared[],
  marks: ReadonlyMap<string, Marked>,
  outcomes: ReadonlyMap<SinkName, BulkOutcomes>,
  counts: Counts,
  deps: BulkDeps,
): Promise<void> {
  const looks: { readonly one: Prepared; readonly rowsNow: GuestRows }[] = [];
  await eachOf(prepared, async (one) => {
    looks.push({ one, rowsNow: await deps.guests.read(one.party.guestKey) });
  });
  const records = await deps.notes.readMany(looks.flatMap(({ one, rowsNow }) => toReadAgain(one, rowsNow)));
  await eachOf(looks, async ({ one, rowsNow }) => {
    const isTrue = isStillTrue(one, records, rowsNow);
    for (const { uuid, guestKey } of one.party.records) {
      const marked = marks.get(uuid);
      if (marked === undefined) continue;
      const own = marked.sinks.map((sink) => ({ sink, outcome: outcomes.get(sink)?.get(guestKey) }));
      counts[await noteOutcomes(marked, own, isTrue, deps)] += 1;
    }
  });
}

interface SinkOutcome {
  readonly sink: SinkName;
  readonly outcome: BulkOutcome | undefined;
}

/** Notes for each sink what became of a booking. @returns what became of it as a whole. */
async function noteOutcomes(
  { record, mark: made }: Marked,
  own: readonly SinkOutcome[],
  isTrue: boolean,
  deps: BulkDeps,
): Promise<keyof Counts> {
  const brought = own.flatMap(({ sink, outcome }) =>
    outcome?.kind === 'brought' ? [[sink, outcome.links.get(record.uuid) ?? {}] as const] : [],
  );
  const noted =
    isTrue && (brought.length === 0 || (await noteBrought(record, made, Object.fromEntries(brought), deps)));
  // What waits was perhaps written nevertheless: where it is no longer true, it must not wait.
  const again = own.filter(({ outcome }) => !noted || outcome?.kind === 'left').map(({ sink }) => sink);
  for (const sink of again) await leave(record, sink, deps);
  const { uuid, version } = record;
  const codes = own.flatMap(({ outcome }) => codeOf(outcome) ?? []).join(' ');
  deps.log.info('booking.bulk', { uuid, version, brought: noted ? brought.length : 0, again: again.join(' '), codes });
  if (again.length > 0) return 'left';
  return brought.length === sinksBehind(record).length ? 'brought' : 'waiting';
}

async function noteBrought(record: BookingRecord, made: string, brought: BroughtTo, deps: BulkDeps): Promise<boolean> {
  const after = await deps.notes.end(record, made, brought);
  if (after !== undefined) await deps.bookings.settleAttention(after);
  return after !== undefined;
}

function codeOf(outcome: BulkOutcome | undefined): string | undefined {
  return outcome !== undefined && 'code' in outcome ? outcome.code : undefined;
}

async function leaveAll(records: readonly BookingRecord[], counts: Counts, deps: BulkDeps): Promise<void> {
  for (const record of records) {
    for (const sink of sinksBehind(record)) await leave(record, sink, deps);
    counts.left += 1;
  }
}

/** To the live path: first the wish, which outlives a lost hint, then the hint. */
async function leave(record: BookingRecord, sink: SinkName, { bookings, hint }: BulkDeps): Promise<void> {
  const { uuid, guestKey, company, version, receivedAt } = record;
  await bookings.noteRewrite(uuid, sink);
  await hint(sink, { uuid, guestKey, company, version, receivedAt });
}

async function eachOf<One>(all: readonly One[], work: (one: One) => Promise<void>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: TABLE_CALLS }, worker));
}
