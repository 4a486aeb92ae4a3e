import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../../shared/aws/unless-refused.ts';
import { bookingUuidSchema } from '../../shared/booking/booking.ts';
import {
  type CatchUp,
  catchUpItem,
  catchUpKey,
  catchUpSchema,
  dueAt,
  GUEST_CHANGED,
  isWorthCatchingUp,
  MOST_LOOKS,
} from '../../shared/catch-up/note.ts';
import type { GuestTotals } from '../../shared/guest/totals-shape.ts';
import { isHistory } from '../../shared/records/attention.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import { fromItem, toAttribute } from '../../shared/records/dynamo.ts';

/** Notes of bookings that are to be looked at again. */
export interface CatchUpNotes {
  /**
   * What is written with a version: a note where the model is still to be asked, none where that is over; and one for
   * the booking by which a guest is shown, where another one has changed the guest's history.
   * @param guests the totals that the version makes of its guests' histories.
   */
  alongside(
    next: BookingRecord,
    before: BookingRecord | undefined,
    guests: readonly GuestTotals[],
  ): readonly TransactWriteItem[];
  /** The booking's notes as they are now. */
  read(company: string, uuid: string): Promise<readonly CatchUp[]>;
  /** Counts a look that the note asked for; where the note still stands, the next one comes later, or none any more. */
  noteLook(note: CatchUp): Promise<void>;
}

/** A tour without a time is prepared for within so many days. */
const WITHOUT_TIME_MS = 30 * 86_400_000;

/** Keeps the notes in the operations table. */
export function catchUpNotes(client: DynamoDBClient, table: string, now: () => Date): CatchUpNotes {
  const remove = async (company: string, uuid: string): Promise<void> => {
    await client.send(new DeleteItemCommand({ TableName: table, Key: catchUpKey(company, uuid) }));
  };
  /** The guest's history may have changed again while the booking was looked at: then the newer note stays. */
  const removeSame = async (company: string, uuid: string, notedAt: string): Promise<void> => {
    const looked = new DeleteItemCommand({
      TableName: table,
      Key: catchUpKey(company, uuid, 'guest'),
      ConditionExpression: 'notedAt = :noted',
      ExpressionAttributeValues: { ':noted': toAttribute(notedAt) },
    });
    await unlessRefused(client.send(looked));
  };
  return {
    alongside(next, before, guests) {
      const note = noteOf(next, now());
      const put = (one: CatchUp) => ({ Put: { TableName: table, Item: catchUpItem(one) } });
      const ofGuests = guestNotes(next, guests, now()).map(put);
      if (note !== undefined) return [put(note), ...ofGuests];
      if (before === undefined || !isWorthCatchingUp(before.understanding.rulesReason)) return ofGuests;
      return [{ Delete: { TableName: table, Key: catchUpKey(next.company, next.uuid) } }, ...ofGuests];
    },

    async read(company, uuid) {
      const found = (['words', 'guest'] as const).map(async (about) => {
        const Key = catchUpKey(company, uuid, about);
        const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
        return Item === undefined ? [] : [fromItem(catchUpSchema, Item)];
      });
      return (await Promise.all(found)).flat();
    },

    async noteLook({ company, uuid, reason, tries, notedAt }) {
      if (reason === GUEST_CHANGED) return await removeSame(company, uuid, notedAt);
      const looks = tries + 1;
      if (looks >= MOST_LOOKS) return await remove(company, uuid);
      const looked = new UpdateItemCommand({
        TableName: table,
        Key: catchUpKey(company, uuid),
        UpdateExpression: 'SET tries = :looks, dueAt = :due REMOVE askedAt',
        ConditionExpression: 'attribute_exists(kind)',
        ExpressionAttributeValues: { ':looks': toAttribute(looks), ':due': toAttribute(dueAt(reason, looks, now())) },
      });
      await unlessRefused(client.send(looked));
    },
  };
}

/**
 * The bookings by which the guests are shown, where they are others than the one that changed: their segment, churn risk
 * and recommendation were made of a history that is other now.
 */
function guestNotes({ company, uuid: changed }: BookingRecord, guests: readonly GuestTotals[], now: Date): CatchUp[] {
  const shown = new Set(guests.flatMap(({ lastMade }) => lastMade?.uuid ?? []));
  const at = now.toISOString();
  const until = new Date(now.getTime() + WITHOUT_TIME_MS).toISOString();
  return [...shown]
    .filter((uuid) => uuid !== changed)
    .map((uuid) => ({
      company,
      uuid: bookingUuidSchema.parse(uuid),
      reason: GUEST_CHANGED,
      notedAt: at,
      dueAt: at,
      tries: 0,
      until,
    }));
}

/** The note that a version calls for; none where the tour is called off, over, or known as history only. */
function noteOf(next: BookingRecord, now: Date): CatchUp | undefined {
  const { company, uuid, booking, understanding } = next;
  const { rulesReason: reason } = understanding;
  if (!isWorthCatchingUp(reason) || booking.status !== 'booked' || isHistory(next)) return undefined;
  const { startAt, endAt } = booking.availability;
  const over = endAt?.instant ?? startAt?.instant;
  const until = over === undefined ? new Date(now.getTime() + WITHOUT_TIME_MS) : new Date(over);
  if (until <= now) return undefined;
  const notedAt = now.toISOString();
  return { company, uuid, reason, notedAt, dueAt: dueAt(reason, 0, now), tries: 0, until: until.toISOString() };
}
