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

/** A destination's progress as the table holds it. */
export type KeptState = Omit<SyncState, 'at' | 'state' | 'links'> & {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Left out where it is `synced`. */
  readonly state?: 'parked';
  readonly links?: Uint8Array;
};

/** A destination's progress in few bytes: it is written again with each note, and with it all of the record is paid for. */
export function stateToKeep({ at, state, links, ...rest }: SyncState): KeptState {
  return {
    ...rest,
    at: Date.parse(at),
    ...(state === 'parked' && { state }),
    ...(links !== undefined && { links: pack(links, '') }),
  };
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
  const members = { ...plain, ...('sync' in plain && { sync: readable(plain.sync, plain.uuid) }) };
  if (packed === undefined) return members;
  const { uuid } = keySchema.parse(plain);
  return { ...unpack(packed, uuid, `booking ${uuid}`), ...members };
}

const keySchema = bookingRecordSchema.pick({ uuid: true });

/** The progress as the record has it. States from before have a time as text, and links and `synced` plain. */
function readable(sync: unknown, uuid: unknown): unknown {
  const states = keptSyncSchema.safeParse(sync);
  if (!states.success) return sync;
  const whole = Object.entries(states.data).map(([sink, { at, links, ...rest }]) => [
    sink,
    {
      state: 'synced',
      ...rest,
      at: typeof at === 'number' ? new Date(at).toISOString() : at,
      ...(links !== undefined && {
        links: links instanceof Uint8Array ? unpack(links, '', `${sink}'s links of booking ${uuid}`) : links,
      }),
    },
  ]);
  return Object.fromEntries(whole);
}

const keptSyncSchema = z.record(
  z.string(),
  z.looseObject({ at: z.unknown().optional(), links: z.unknown().optional() }),
);
