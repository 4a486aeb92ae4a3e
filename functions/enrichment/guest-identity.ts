import { createHash } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Booking } from '../../shared/booking/booking.ts';
import { type GuestKey, guestKeyFor, guestKeySchema } from '../../shared/guest/guest-key.ts';
import { guestItem } from '../../shared/guest/guest-rows.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';

/** Who is known by which e-mail address or phone number. */
export interface Identities {
  find(identity: string): Promise<GuestKey | undefined>;
  /** The write that gives the identity to the guest; it is refused where somebody has got it meanwhile. */
  claim(identity: string, guestKey: GuestKey): TransactWriteItem;
}

/** Whose a booking is. */
export interface FoundGuest {
  readonly guestKey: GuestKey;
  /** The identity that nobody has yet: it is to become the guest's in the transaction that writes the booking. */
  readonly claims?: string;
  /** Nothing was ever booked under this key, as far as can be told without looking. */
  readonly isNew: boolean;
}

/** What a booking's guest was before this change. */
export interface EarlierGuest {
  readonly guestKey: GuestKey;
  readonly booking: Booking;
  /** How many bookings the guest has, this one included. */
  bookingsOfGuest(): Promise<number>;
}

/**
 * By what a guest is known at one company: the e-mail address, else the phone number, else nothing.
 * Hashed, so that no address stands in a key.
 */
export function identityOf({ company, contact }: Booking): string | undefined {
  const known = contact.email ?? contact.phone;
  if (known === null) return undefined;
  return `identity#${company.shortname}#${createHash('sha256').update(known).digest('hex')}`;
}

/**
 * Finds or mints the guest of a booking; nothing is written.
 *
 * A corrected address follows its guest: when nobody has the new one and the guest has only this booking, the guest
 * keeps their key. When the guest has other bookings under the old address, this booking is somebody else's now.
 */
export async function resolveGuest(
  booking: Booking,
  earlier: EarlierGuest | undefined,
  identities: Identities,
): Promise<FoundGuest> {
  const isNew = earlier === undefined;
  const identity = identityOf(booking);
  if (identity === undefined) return { guestKey: earlier?.guestKey ?? guestKeyFor(booking.uuid), isNew };
  if (earlier !== undefined && identityOf(earlier.booking) === identity) {
    return { guestKey: earlier.guestKey, isNew: false };
  }
  const owner = await identities.find(identity);
  if (owner !== undefined) return { guestKey: owner, isNew: false };
  return { guestKey: await newKey(booking, earlier), claims: identity, isNew };
}

async function newKey(booking: Booking, earlier: EarlierGuest | undefined): Promise<GuestKey> {
  const own = guestKeyFor(booking.uuid);
  if (earlier === undefined) return own;
  if ((await earlier.bookingsOfGuest()) <= 1) return earlier.guestKey;
  // This booking's own key went to the guest it is leaving; once claimed, the new one is found by its identity.
  return earlier.guestKey === own ? guestKeyFor(crypto.randomUUID()) : own;
}

const claimedSchema = z.object({ value: z.object({ guestKey: guestKeySchema }) });
const IDENTITY_ROW = 'identity';

/** Identities in the guests table. */
export function identitiesTable(client: DynamoDBClient, tableName: string): Identities {
  return {
    async find(identity) {
      const key = { guest: toAttribute(identity), row: toAttribute(IDENTITY_ROW) };
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
      return Item && claimedSchema.parse(unmarshall(Item)).value.guestKey;
    },

    // Two bookings of a new guest at the same moment: the one who comes second is refused, and finds the first one's key.
    claim: (identity, guestKey) => ({
      Put: {
        TableName: tableName,
        Item: guestItem(identity, IDENTITY_ROW, { guestKey }),
        ConditionExpression: 'attribute_not_exists(guest)',
      },
    }),
  };
}
