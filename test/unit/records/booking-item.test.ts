import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commit } from '../../../functions/enrichment/commit.ts';
import { itemBytes } from '../../../infra/cost/measure/item-bytes.ts';
import { appendDecision, readDecisions, type Written } from '../../../shared/acts/decisions-table.ts';
import { bookingItem } from '../../../shared/records/booking-item.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { bookingsTable } from '../../../shared/records/bookings-table.ts';
import { bulkNotes } from '../../../shared/records/bulk-notes.ts';
import { toItem } from '../../../shared/records/dynamo.ts';
import { aRecord } from '../crm-sync/record-fixture.ts';
import { uuid } from '../shared/booking-fixture.ts';
import { createTable, openDynamoDb } from '../shared/tables.ts';

const AT = '2026-11-21T12:00:00.000Z';
const LATER = '2026-11-21T12:05:00.000Z';
let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
  await createTable(dynamo, 'bookings', ['uuid']);
  await createTable(dynamo, 'decisions', ['uuid', 'entry']);
});
afterAll(() => engine.close());

const links = { opportunity: '006Hs00001ABCdEIAX', account: '001Hs00001ABCdFIAX' };
const aKept = (n: number): BookingRecord =>
  aRecord(
    { uuid: uuid(n) },
    {
      changedAt: AT,
      acts: { score: { mode: 'automatic', does: 'write', why: 'automatic' } },
      earlierStates: ['aaaaaaaaaaaaaaaa'],
      sync: {
        crm: { version: 1, at: AT, state: 'synced', links },
        marketing: { version: 0, at: AT, state: 'synced' },
      },
    },
  );
const table = () => bookingsTable(dynamo, 'bookings', () => new Date(AT));
const put = (Item: ReturnType<typeof toItem>) => dynamo.send(new PutItemCommand({ TableName: 'bookings', Item }));
const raw = async (n: number) => {
  const Key = { uuid: { S: uuid(n) } };
  const { Item = {} } = await dynamo.send(new GetItemCommand({ TableName: 'bookings', Key, ConsistentRead: true }));
  return Item;
};

describe('a record', () => {
  it('is read as it was written, alone and with others, and takes less than half of what it took plain', async () => {
    const record = aKept(1);
    await put(bookingItem({ ...record, attention: 'lagging' }));
    expect(await table().read(uuid(1))).toEqual({ ...record, attention: 'lagging' });
    const many = await bulkNotes(dynamo, 'bookings', () => new Date(AT)).readMany([uuid(1)]);
    expect(many.get(uuid(1))).toEqual({ ...record, attention: 'lagging' });
    expect(itemBytes(await raw(1))).toBeLessThan(itemBytes(toItem(record)) / 2);
  });

  it('from before is read as it is, noted, and packed with its next version', async () => {
    const record = aKept(2);
    await put(toItem({ ...record, attention: 'lagging' }));
    const before = await table().read(uuid(2));
    expect(before).toEqual({ ...record, attention: 'lagging' });
    if (before === undefined) throw new Error('there is no such record');
    await table().noteSynced(before, 'marketing', { member: 'm' });
    expect((await table().read(uuid(2)))?.sync.marketing).toMatchObject({ version: 1, links: { member: 'm' } });

    const { acts: _, earlierStates: __, ...rest } = before;
    const booking = { ...rest.booking, note: 'now with a note' };
    await commit(dynamo, { bookings: 'bookings' })({ ...rest, version: 2, changedAt: LATER, booking }, before, []);
    const after = await table().read(uuid(2));
    // What the new version does not speak of is still there; progress was not touched.
    expect(after).toMatchObject({ version: 2, booking, acts: record.acts, earlierStates: record.earlierStates });
    expect(after?.sync).toMatchObject({ crm: { links }, marketing: { version: 1, links: { member: 'm' } } });
    const plain = ['attention', 'changedAt', 'company', 'guestKey', 'packed', 'sync', 'uuid', 'version'];
    expect(Object.keys(await raw(2)).sort()).toEqual(plain);
  });

  it('keeps the progress small, and reads it as well where a time is text and `synced` is said', async () => {
    const record = aKept(4);
    const item = bookingItem(record);
    const { crm, marketing } = unmarshall(item).sync;
    expect(crm).toEqual({ version: 1, at: Date.parse(AT), links: expect.any(Uint8Array) });
    expect(marketing).toEqual({ version: 0, at: Date.parse(AT) });
    await put({ ...item, ...toItem({ sync: { crm: { ...crm, at: AT, state: 'synced' }, marketing } }) });
    expect((await table().read(uuid(4)))?.sync).toEqual(record.sync);
  });

  it('names its booking where it is damaged or of a format of later, also where only links are', async () => {
    const item = bookingItem(aKept(3));
    const packed = Buffer.from(item.packed?.B ?? []);
    await put({ ...item, packed: { B: Buffer.concat([packed.subarray(0, 40), packed.subarray(41)]) } });
    await expect(table().read(uuid(3))).rejects.toThrow(`booking ${uuid(3)} cannot be read: it is damaged`);
    packed.writeUInt8(77, 0);
    await put({ ...item, packed: { B: packed } });
    await expect(table().read(uuid(3))).rejects.toThrow(`booking ${uuid(3)} cannot be read: it is of the unknown`);
    const sync = unmarshall(item).sync;
    await put({ ...item, ...toItem({ sync: { ...sync, crm: { ...sync.crm, links: Uint8Array.of(1, 2, 3, 4) } } }) });
    await expect(table().read(uuid(3))).rejects.toThrow(`crm's links of booking ${uuid(3)} cannot be read`);
  });
});

describe('what was decided', () => {
  const written = (version: number, at: string): Written => {
    return { kind: 'written', uuid: uuid(9), company: 'c', version, at, sink: 'crm', wrote: [], links };
  };

  it('is read packed as well as plain, oldest first, and names its booking where it cannot be read', async () => {
    const entry = `${AT}#v1#crm`;
    await dynamo.send(new PutItemCommand({ TableName: 'decisions', Item: toItem({ ...written(1, AT), entry }) }));
    await appendDecision(dynamo, 'decisions', written(2, LATER));
    const Key = toItem({ uuid: uuid(9), entry: `${LATER}#v2#crm` });
    const { Item = {} } = await dynamo.send(new GetItemCommand({ TableName: 'decisions', Key }));
    expect(Object.keys(Item).sort()).toEqual(['entry', 'packed', 'uuid']);
    expect(await readDecisions(dynamo, 'decisions', uuid(9))).toEqual([written(1, AT), written(2, LATER)]);

    const damaged = { ...Item, packed: { B: Item.packed?.B?.slice(0, 20) ?? new Uint8Array() } };
    await dynamo.send(new PutItemCommand({ TableName: 'decisions', Item: damaged }));
    await expect(readDecisions(dynamo, 'decisions', uuid(9))).rejects.toThrow(`of booking ${uuid(9)} cannot be read`);
  });
});
