import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { readDecisions } from '../../shared/acts/decisions-table.ts';
import { catchUpKey } from '../../shared/catch-up/note.ts';
import { fromBookingItem } from '../../shared/records/booking-item.ts';
import { bookingRecordSchema } from '../../shared/records/booking-record.ts';
import { differences } from '../samples/check.ts';
import type { Expectation } from '../samples/expectation.ts';
import { bookingsOf, type Story } from '../samples/story.ts';
import { readStates } from '../samples/vendor-state.ts';
import type { Rig } from './rig.ts';

/**
 * What is wrong once a story has been told and all is quiet, in plain words; empty when all is as it should be.
 * The vendors were empty before the story.
 */
export async function judge(rig: Rig, story: Story): Promise<string[]> {
  const { salesforce, mailchimp } = rig.vendors;
  const states = readStates(salesforce.vendor.state(), mailchimp.vendor.state());
  return [
    ...differences(story.expect, states),
    ...twice(story.expect, salesforce.vendor.state(), mailchimp.vendor.state()),
    ...backwards(salesforce.vendor.history),
    ...(await unsettled(rig, story)),
  ];
}

const heldSchema = z.object({
  Account: z.array(z.unknown()),
  Contact: z.array(z.unknown()),
  Opportunity: z.array(z.unknown()),
  Case: z.array(z.unknown()),
});
const membersSchema = z.object({
  members: z.record(
    z.string(),
    z.looseObject({ events: z.array(z.looseObject({ properties: z.record(z.string(), z.unknown()) })) }),
  ),
});

/** Counts whatever a person would see, whoever it belongs to: nothing is there that the story does not speak of. */
export function twice({ bookings, guests }: Expectation, salesforce: unknown, mailchimp: unknown): string[] {
  const held = heldSchema.parse(salesforce);
  const { members } = membersSchema.parse(mailchimp);
  const keys = Object.values(members).flatMap(({ events }) => events.map(({ properties }) => properties.event_key));
  const contacts = guests.reduce((sum, guest) => sum + guest.contacts, 0);
  const count = (what: string, wanted: number, found: number): string[] =>
    wanted === found ? [] : [`${found} ${what} in all instead of ${wanted}`];
  return [
    ...count('Accounts', contacts, held.Account.length),
    ...count('Contacts', contacts, held.Contact.length),
    ...count('Opportunities', bookings.filter(({ opportunity }) => opportunity).length, held.Opportunity.length),
    ...count('Cases', bookings.flatMap(({ cases }) => cases).length, held.Case.length),
    ...count('members', guests.filter(({ member }) => member).length, Object.keys(members).length),
    ...count('different event keys', keys.length, new Set(keys).size),
  ];
}

const writeSchema = z.looseObject({
  FareHarbor_Current_UUID__c: z.string(),
  Booking_Version__c: z.number(),
});

/** Writes of a booking's older version after a newer one. */
export function backwards(history: readonly { readonly object: string; readonly fields: unknown }[]): string[] {
  const newest = new Map<string, number>();
  return history.flatMap(({ object, fields }) => {
    const write = writeSchema.safeParse(fields);
    if (object !== 'Opportunity' || !write.success) return [];
    const { FareHarbor_Current_UUID__c: uuid, Booking_Version__c: version } = write.data;
    const before = newest.get(uuid) ?? 0;
    newest.set(uuid, Math.max(before, version));
    return version < before ? [`booking ${uuid}: version ${version} was written over ${before}`] : [];
  });
}

/** What our own tables and queues hold that they should not, once everything has arrived. */
async function unsettled(rig: Rig, story: Story): Promise<string[]> {
  const records = await Promise.all(bookingsOf(story).map((uuid) => unsettledRecord(rig, uuid)));
  const dead = await rig.deadLetters();
  const quarantined = await countQuarantined(rig);
  return [
    ...records.flat(),
    ...(dead === 0 ? [] : [`${dead} messages in dead-letter queues`]),
    ...(quarantined === 0 ? [] : [`${quarantined} webhooks in quarantine`]),
  ];
}

async function unsettledRecord(rig: Rig, uuid: string): Promise<string[]> {
  const TableName = rig.tableName('BOOKINGS_TABLE');
  const { Item } = await rig.dynamoDb.send(new GetItemCommand({ TableName, Key: { uuid: { S: uuid } } }));
  if (Item === undefined) return [`booking ${uuid}: there is no record of it`];
  const { version, sync, attention } = fromBookingItem(bookingRecordSchema, Item);
  const behind = Object.entries(sync).filter(([, state]) => state.version !== version || state.state !== 'synced');
  const entries = await readDecisions(rig.dynamoDb, rig.tableName('DECISIONS_TABLE'), uuid);
  const decided = new Set(entries.filter(({ kind }) => kind === 'decided').map((entry) => entry.version));
  const untold = Array.from({ length: version }, (_, index) => index + 1).filter((one) => !decided.has(one));
  return [
    ...untold.map((one) => `booking ${uuid}: it is not kept what was decided about version ${one}`),
    ...behind.map(([sink, state]) => `booking ${uuid}: ${sink} holds ${state.version} of ${version}, ${state.state}`),
    ...(attention === undefined ? [] : [`booking ${uuid}: stands in the index as ${attention} and is not`]),
  ];
}

/**
 * Whether the model is still to read what a guest of the story wrote. A process that dies while it asks leaves a question
 * open, so that nobody pays twice: rules answer meanwhile, and the booking is noted to be looked at again minutes later.
 */
export async function awaitsModel(rig: Rig, story: Story): Promise<boolean> {
  const notes = bookingsOf(story).map(async (uuid) => {
    const record = await rig.dynamoDb.send(
      new GetItemCommand({ TableName: rig.tableName('BOOKINGS_TABLE'), Key: { uuid: { S: uuid } } }),
    );
    const company = record.Item?.company?.S;
    if (company === undefined) return false;
    const Key = catchUpKey(company, uuid);
    const { Item } = await rig.dynamoDb.send(new GetItemCommand({ TableName: rig.tableName('OPERATIONS_TABLE'), Key }));
    return Item !== undefined;
  });
  return (await Promise.all(notes)).includes(true);
}

async function countQuarantined(rig: Rig): Promise<number> {
  const { Count } = await rig.dynamoDb.send(
    new QueryCommand({
      TableName: rig.tableName('OPERATIONS_TABLE'),
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: 'quarantine' } },
      Select: 'COUNT',
    }),
  );
  return Count ?? 0;
}
