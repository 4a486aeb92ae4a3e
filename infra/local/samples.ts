import { setTimeout as pause } from 'node:timers/promises';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { differences } from '../../test/samples/check.ts';
import { sampleStories } from '../../test/samples/stories.ts';
import { bookingsOf, type Courier, play, type Story } from '../../test/samples/story.ts';
import { readStates, type VendorStates } from '../../test/samples/vendor-state.ts';
import type { Stack } from './stack.ts';

/** What became of one story. */
export interface StoryResult {
  readonly story: Story;
  /** Our own records of its bookings, in the order in which they came to be. */
  readonly records: readonly BookingRecord[];
  /** Milliseconds from a webhook's arrival to both vendors holding what it led to: the slowest of its bookings. */
  readonly syncedMs: number | undefined;
  /** In what the vendors differ from what they should hold; empty when all is well. */
  readonly differences: readonly string[];
}

export interface SampleRun {
  readonly results: readonly StoryResult[];
  /** What the stand-ins hold; undefined where a real vendor took their place, which is not read back. */
  readonly states: VendorStates | undefined;
}

const SETTLE_DEADLINE_MS = 30_000;
const SETTLE_POLL_MS = 10;

export interface SampleOptions {
  /** Told before each story, with how many there are. */
  onStory?(story: Story, number: number, total: number): void;
  /** Whether Salesforce and Mailchimp are stand-ins, and so can be compared with what they should hold. */
  readonly checkVendors: boolean;
  /** Stops the telling; what was told so far is not looked at any more. */
  readonly signal?: AbortSignal;
}

/** Tells the sample stories one after the other, over HTTP as FareHarbor does, and looks what came of them. */
export async function deliverSamples(stack: Stack, options: SampleOptions): Promise<SampleRun> {
  const stories = sampleStories({ now: Date.now(), prefix: 'sample' });
  const courier = createCourier(stack, options.signal);
  const failures = new Map<Story, string>();
  for (const [index, story] of stories.entries()) {
    options.signal?.throwIfAborted();
    options.onStory?.(story, index + 1, stories.length);
    try {
      await play(story, stack.vendors.fareharbor.vendor, courier);
    } catch (error) {
      // The other stories are still worth telling.
      failures.set(story, error instanceof Error ? error.message : String(error));
    }
  }
  await courier.settle([]).catch(() => undefined);
  const { salesforce, mailchimp } = stack.vendors;
  const states = options.checkVendors ? readStates(salesforce.vendor.state(), mailchimp.vendor.state()) : undefined;
  const results = await Promise.all(
    stories.map(async (story): Promise<StoryResult> => {
      const records = await readRecords(stack, story);
      const failure = failures.get(story);
      const found = [
        ...(failure === undefined ? [] : [failure]),
        ...unsynced(story, records),
        ...(states === undefined ? [] : differences(story.expect, states)),
      ];
      return { story, records, syncedMs: syncTime(records), differences: found };
    }),
  );
  return { results, states };
}

function createCourier(stack: Stack, signal: AbortSignal | undefined): Courier {
  return {
    deliver: async ({ uuid, body }) => {
      const headers = { 'content-type': 'application/json', 'user-agent': 'FareHarbor' };
      const response = await fetch(stack.webhookUrl, { method: 'POST', headers, body });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`the webhook of ${uuid} was answered ${response.status} ${text}`);
    },
    settle: async () => {
      const deadline = Date.now() + SETTLE_DEADLINE_MS;
      while (!(await stack.idle())) {
        signal?.throwIfAborted();
        if (Date.now() > deadline) throw new Error(`messages are still waiting after ${SETTLE_DEADLINE_MS / 1000} s`);
        await pause(SETTLE_POLL_MS);
      }
    },
  };
}

async function readRecords(stack: Stack, story: Story): Promise<readonly BookingRecord[]> {
  const name = stack.functions.get('enrichment')?.definition.environment.BOOKINGS_TABLE;
  if (name === undefined) throw new Error('the template gives enrichment no BOOKINGS_TABLE');
  const table = bookingsTable(stack.dynamoDb, name, () => new Date());
  const records = await Promise.all(bookingsOf(story).map((uuid) => table.read(uuid)));
  return records.filter((record) => record !== undefined);
}

/** What our own records say is not where it should be. */
function unsynced(story: Story, records: readonly BookingRecord[]): string[] {
  const missing = bookingsOf(story).filter((uuid) => !records.some((record) => record.uuid === uuid));
  const behind = records.flatMap(({ uuid, version, sync }) =>
    Object.entries(sync).flatMap(([sink, { version: held, reason }]) =>
      held >= version
        ? []
        : [`booking ${uuid}: ${sink} holds version ${held} of ${version}${reason ? `: ${reason}` : ''}`],
    ),
  );
  return [...missing.map((uuid) => `booking ${uuid}: there is no record of it`), ...behind];
}

function syncTime(records: readonly BookingRecord[]): number | undefined {
  const times = records.flatMap(({ receivedAt, sync }) =>
    Object.values(sync).map(({ at }) => Date.parse(at) - Date.parse(receivedAt)),
  );
  return times.length === 0 ? undefined : Math.max(...times);
}
