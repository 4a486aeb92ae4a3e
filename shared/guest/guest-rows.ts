import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { toAttribute, toItem } from '../records/dynamo.ts';
import { PACKED, pack, packedIn, unpack } from '../records/packed.ts';
import type { Made, Tour } from './totals-shape.ts';

/*
 * The rows under a guest's key:
 * booking#<uuid>             what the guest's history needs of the booking
 * totals                     a guest with few bookings: all of them, and none of the other rows but the sinks'; else
 *                            the sums of all of them, and the bookings at the edges. Packed, but for its revision
 * successor#<uuid>           the guest's bookings that say they were rebooked from that one
 * tour#<starts at>#<uuid>    a tour of a booking that stands, in the order of time
 * made#<booked at>#<uuid>    a booking, in the order they were made
 * sink#<name>                what a sink keeps about the guest
 */
export const BOOKING_ROW = 'booking#';
export const SINK_ROW = 'sink#';
export const SUCCESSOR_ROW = 'successor#';
export const TOUR_ROW = 'tour#';
export const MADE_ROW = 'made#';
export const TOTALS_ROW = 'totals';

/** After every row that starts with the same word and a time; no uuid has it. */
export const LAST = '~';

/** The row's key of a booking's summary under its guest. */
export const bookingRow = (uuid: string): string => `${BOOKING_ROW}${uuid}`;
export const successorRow = (uuid: string): string => `${SUCCESSOR_ROW}${uuid}`;
export const sinkRow = (sink: string): string => `${SINK_ROW}${sink}`;
export const tourRow = ({ startsAt, uuid }: Tour): string => `${TOUR_ROW}${startsAt}#${uuid}`;
export const madeRow = ({ bookedAt, uuid }: Made): string => `${MADE_ROW}${bookedAt}#${uuid}`;

/** One row of the guests table as DynamoDB takes it. */
export function guestItem(guest: string, row: string, value: object): Record<string, AttributeValue> {
  if (row !== TOTALS_ROW) return toItem({ guest, row, value });
  // Its revision stands plain: a write is made on condition of it.
  const { revision, ...rest }: { readonly revision?: unknown } = value;
  return toItem({ guest, row, value: { revision }, [PACKED]: pack(rest, guest) });
}

const rowSchema = z.object({ guest: z.string(), row: z.string(), value: z.unknown() });

/** What stands in a row's item; rows from before are plain altogether. @throws RetryableError where it is damaged. */
export function guestRowIn(item: Record<string, AttributeValue>): z.infer<typeof rowSchema> {
  const { guest, row, value } = rowSchema.parse(unmarshall(item));
  const packed = packedIn(item);
  if (packed === undefined) return { guest, row, value };
  return { guest, row, value: { ...Object(value), ...unpack(packed, guest, `row ${row} of guest ${guest}`) } };
}

/** The key of a row. */
export function guestRowKey(guest: string, row: string): Record<string, AttributeValue> {
  return { guest: toAttribute(guest), row: toAttribute(row) };
}
