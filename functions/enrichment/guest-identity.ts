import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Booking } from '../../shared/booking/booking.ts';
import { type GuestKey, guestKeyFor, guestKeySchema } from '../../shared/guest/guest-key.ts';
import { guestItem } from '../../shared/guest/guest-rows.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';

/** Who is known by which e-mail address or phone number. */
export interface Identities {
  find(identity: string): Promise<GuestKey | undefined>;
  /** Gives the identity to the guest unless somebody has it already; returns whose it is then. */
  claim(identity: string, guestKey: GuestKey): Promise<GuestKey>;
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
 * Finds or mints the guest of a booking.
 *
 * A corrected address follows its guest: when nobody has the new one and the guest has only this booking, the guest
 * keeps their key. When the guest has other bookings under the old address, this booking is somebody else's now.
 */
export async function resolveGuest(
  booking: Booking,
  earlier: EarlierGuest | undefined,
  identities: Identities,
): Promise<GuestKey> {
  const identity = identityOf(booking);
  if (identity === undefined) return earlier?.guestKey ?? guestKeyFor(booking.uuid);
  if (earlier !== undefined && identityOf(earlier.booking) === identity) return earlier.guestKey;
  const owner = await identities.find(identity);
  if (owner !== undefined) return owner;
  return await identities.claim(identity, await newKey(booking, earlier));
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
  const find = async (identity: string): Promise<GuestKey | undefined> => {
    const key = { guest: toAttribute(identity), row: toAttribute(IDENTITY_ROW) };
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
    return Item && claimedSchema.parse(unmarshall(Item)).value.guestKey;
  };
  return {
    find,
    async claim(identity, guestKey) {
      try {
        const item = guestItem(identity, IDENTITY_ROW, { guestKey });
        const condition = 'attribute_not_exists(guest)';
        await client.send(new PutItemCommand({ TableName: tableName, Item: item, ConditionExpression: condition }));
        return guestKey;
      } catch (error) {
        // Two bookings of a new guest at the same moment: the one who came second takes the first one's key.
        const owner = error instanceof ConditionalCheckFailedException ? await find(identity) : undefined;
        if (owner === undefined) throw error;
        return owner;
      }
    },
  };
}
