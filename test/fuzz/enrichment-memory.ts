import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { webhookConsumer } from '../../functions/enrichment/consume-webhooks.ts';
import type { Quarantined } from '../../functions/enrichment/quarantine.ts';
import { NOTHING_SEEN } from '../../functions/enrichment/standing/distribution.ts';
import { asking } from '../../functions/enrichment/truth/asking.ts';
import { understand } from '../../functions/enrichment/understanding/understand.ts';
import type { Retrieved } from '../../shared/fareharbor/retrieve-booking.ts';
import { type BookingSummary, bookingSummarySchema, summarise } from '../../shared/guest/booking-summary.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import { totalsOf } from '../../shared/guest/totals.ts';
import { guestTotalsSchema } from '../../shared/guest/totals-shape.ts';
import { bookingItem, fromBookingItem } from '../../shared/records/booking-item.ts';
import { type BookingRecord, bookingRecordSchema } from '../../shared/records/booking-record.ts';
import { toItem } from '../../shared/records/dynamo.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { freeEconomy } from '../unit/enrichment/understanding/free-economy.ts';
import { listening } from '../unit/shared/quiet.ts';

/** DynamoDB's largest item, in bytes. */
const LARGEST_ITEM = 400_000;

const catalogue = [{ id: 'whale-watch', name: 'Whale watching', interests: ['whales', 'dolphins'] }];
const model = { timeoutMs: 100 };
const settings = parseSettings({
  companies: {
    'harbor-kayaks': { name: 'Harbor Kayaks', catalogue, model },
    'umi-tours': { name: 'Umi Tours', model },
  },
});

export interface MemoryOptions {
  /** What Retrieve booking answers. */
  readonly retrieved: Retrieved;
  /** The company has a model's key; the model's address refuses every connection. */
  readonly asksModel: boolean;
}

/** Enrichment's whole use case with its tables in memory; what is written must fit DynamoDB and be readable again. */
export function enrichmentInMemory({ retrieved, asksModel }: MemoryOptions) {
  const records = new Map<string, BookingRecord>();
  const guests = new Map<string, Map<string, BookingSummary>>();
  const identities = new Map<string, GuestKey>();
  const quarantined: Quarantined[] = [];
  const { log, meter, lines } = listening();
  const access = asksModel ? { apiKey: 'sk-nobody', baseUrl: 'http://127.0.0.1:1/v1' } : undefined;
  const consumer = webhookConsumer('queue', {
    settings,
    retrieve: async () => retrieved,
    quarantine: async (webhook) => void quarantined.push(webhook),
    noteItem: async () => {},
    noteWebhook: async () => {},
    verifications: {
      note: async () => {},
      noteStranger: async () => {},
      read: async () => undefined,
      noteTry: async () => {},
      settle: async () => {},
      settleWhereNoted: async () => {},
    },
    asking: asking(() => new Date('2026-11-21T12:00:00Z')),
    strangers: { noteUnknown: async () => {}, suspected: async () => false },
    bookings: { read: async (uuid) => records.get(uuid) },
    guests: {
      countBookings: async (key) => guests.get(key)?.size ?? 0,
      async enter({ guestKey, summary }, now) {
        const all = new Map(guests.get(guestKey)).set(summary.uuid, summary);
        const totals = guestTotalsSchema.parse(stored(totalsOf([...all.values()], now)));
        return { totals, changes: [], writes: [] };
      },
    },
    identities: {
      find: async (identity) => identities.get(identity),
      claim: (identity, key) => {
        identities.set(identity, key);
        return {};
      },
    },
    commit: async (next, before) => {
      records.set(next.uuid, fromBookingItem(bookingRecordSchema, taken(bookingItem(next))));
      const summary = bookingSummarySchema.parse(stored(summarise(next.booking, next.firstSeenAt)));
      if (before !== undefined) guests.get(before.guestKey)?.delete(next.uuid);
      guests.set(next.guestKey, new Map(guests.get(next.guestKey)).set(next.uuid, summary));
    },
    understand: (input) =>
      understand(input, {
        readModel: async () => access,
        economy: freeEconomy(),
        readDistribution: async () => NOTHING_SEEN,
        log,
        meter,
      }),
    decide: async (draft) => draft,
    alongside: async () => [],
    noteDecided: async () => {},
    catchUp: { read: async () => [], noteLook: async () => {} },
    noteStanding: async () => {},
    pause: async () => {},
    sinks: ['crm', 'marketing'],
    hint: async () => {},
    log,
    meter,
    now: () => new Date('2026-11-21T12:00:00Z'),
  });
  return { consumer, records, quarantined, lines };
}

/** What DynamoDB would give back. @throws where it would not take the item. */
const stored = (value: object): unknown => unmarshall(taken(toItem(value)));

function taken(item: Record<string, AttributeValue>): Record<string, AttributeValue> {
  const bytes = itemBytes(item);
  if (bytes > LARGEST_ITEM) throw new Error(`an item of ${bytes} bytes`);
  return item;
}

function itemBytes(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

/** By DynamoDB's documented rules for item sizes. */
function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.B !== undefined) return value.B.length;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, inner) => sum + 1 + valueBytes(inner), 0);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  return 1;
}
