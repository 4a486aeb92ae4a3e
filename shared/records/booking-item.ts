import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type BookingRecord, bookingRecordSchema, type SyncState } from './booking-record.ts';
import { toItem } from './dynamo.ts';
import { PACKED, pack, packedIn, unpack } from './packed.ts';

/*
 * A record as the bookings table holds it: what keys, conditions, the index and each sink's own progress need stands
 * plain, everything else is one packed attribute. Records from before that are plain altogether.
 */

/** Members that stand plain. `company`, `guestKey` and `changedAt` are shown by the index as well. */
const PLAIN = ['uuid', 'company', 'version', 'guestKey', 'changedAt', 'sync', 'quietThrough', 'attention'] as const;
type Plain = (typeof PLAIN)[number];

/** All other members. */
const PACKED_MEMBERS = bookingRecordSchema.keyof().options.filter((name) => !PLAIN.some((plain) => plain === name));

/** Attributes of records written plain altogether, to be taken away when the record is packed. */
export const NO_LONGER_PLAIN: readonly string[] = PACKED_MEMBERS;

/** A whole record as an item. */
export function bookingItem(record: BookingRecord): Record<string, AttributeValue> {
  const { uuid, company, version, guestKey, changedAt, sync, quietThrough, attention } = record;
  const plain = { uuid, company, version, guestKey, changedAt, sync, quietThrough, attention } satisfies Pick<
    BookingRecord,
    Plain
  >;
  const states = Object.entries(sync).map(([sink, state]) => [sink, stateToKeep(state)]);
  return toItem({ ...plain, sync: Object.fromEntries(states), [PACKED]: packedMembers(record) });
}

/** A destination's progress as the table holds it: with its links packed, since all of `sync` is written each time. */
export function stateToKeep({ links, ...state }: SyncState): Omit<SyncState, 'links'> & { links?: Uint8Array } {
  return { ...state, ...(links !== undefined && { links: pack(links, '') }) };
}

/** The bytes of the attribute `packed` for this record. */
export function packedMembers(record: BookingRecord): Uint8Array {
  return pack(Object.fromEntries(PACKED_MEMBERS.map((name) => [name, record[name]])), record.uuid);
}

/**
 * Members of the record that an item holds, packed or plain altogether.
 * @param schema the record's, or a pick of those members that are wanted.
 * @throws RetryableError where what is packed cannot be read, with the booking's uuid; z.ZodError where what is stored
 *   does not fit, which only a wrong deployment can cause.
 */
export function fromBookingItem<Schema extends z.ZodType>(
  schema: Schema,
  item: Record<string, AttributeValue>,
): z.infer<Schema> {
  return schema.parse(membersOf(item));
}

function membersOf(item: Record<string, AttributeValue>): object {
  const packed = packedIn(item);
  const { [PACKED]: _, ...plain } = unmarshall(item);
  const members = { ...plain, ...('sync' in plain && { sync: withLinks(plain.sync, plain.uuid) }) };
  if (packed === undefined) return members;
  const { uuid } = keySchema.parse(plain);
  return { ...unpack(packed, uuid, `booking ${uuid}`), ...members };
}

const keySchema = bookingRecordSchema.pick({ uuid: true });

/** The progress with what is packed of it readable. */
function withLinks(sync: unknown, uuid: unknown): unknown {
  const states = keptSyncSchema.safeParse(sync);
  if (!states.success) return sync;
  const readable = ([sink, state]: [string, KeptState]) => [
    sink,
    state.links instanceof Uint8Array
      ? { ...state, links: unpack(state.links, '', `${sink}'s links of booking ${uuid}`) }
      : state,
  ];
  return Object.fromEntries(Object.entries(states.data).map(readable));
}

const keptStateSchema = z.looseObject({ links: z.unknown().optional() });
type KeptState = z.infer<typeof keptStateSchema>;
const keptSyncSchema = z.record(z.string(), keptStateSchema);
