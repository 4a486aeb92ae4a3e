import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import type { AttentionEntry } from '../../../shared/records/attention-index.ts';
import { bookingItem } from '../../../shared/records/booking-item.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { toItem } from '../../../shared/records/dynamo.ts';
import { readProgress, withProgress } from '../../../shared/records/read-progress.ts';
import { aRecord } from '../crm-sync/record-fixture.ts';
import { uuid } from '../shared/booking-fixture.ts';
import { createTable, openDynamoDb } from '../shared/tables.ts';

const AT = '2026-11-21T12:00:00.123Z';
const parked = { state: 'parked', parkedVersion: 2, code: 'salesforce.refused', reason: 'no', remedy: 'mend' } as const;
const sync = {
  crm: { version: 1, at: AT, ...parked },
  marketing: { version: 2, at: AT, state: 'synced', links: { member: 'm' } },
} as const;
const { links: _, ...marketing } = sync.marketing;
const shown = { version: 2, sync: { crm: sync.crm, marketing } };
const aKept = (n: number): BookingRecord => aRecord({ uuid: uuid(n) }, { version: 2, sync });

let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
  await createTable(dynamo, 'bookings', ['uuid']);
});
afterAll(() => engine.close());
const put = (Item: ReturnType<typeof toItem>) => dynamo.send(new PutItemCommand({ TableName: 'bookings', Item }));

it('is read of hundreds of records, in batches and for half a unit each; what is not there is left out', async () => {
  const uuids = Array.from({ length: 230 }, (_, n) => uuid(n + 100));
  await Promise.all(uuids.slice(0, 220).map((_, n) => put(bookingItem(aKept(n + 100)))));
  const asked: unknown[] = [];
  const name = 'ask';
  dynamo.middlewareStack.add(
    (next) => async (args) => {
      const { RequestItems = {} } = Object(args.input);
      const { Keys, ConsistentRead } = RequestItems.bookings;
      asked.push([Keys.length, ConsistentRead]);
      return await next(args);
    },
    { step: 'initialize', name },
  );
  const found = await readProgress(dynamo, 'bookings', [...uuids, ...uuids.slice(0, 5)]);
  dynamo.middlewareStack.remove(name);
  expect([...found.keys()].sort()).toEqual(uuids.slice(0, 220).sort());
  for (const one of found.values()) expect(one).toEqual(shown);
  expect(asked).toEqual([
    [100, false],
    [100, false],
    [30, false],
  ]);
  expect(await readProgress(dynamo, 'bookings', [])).toEqual(new Map());
});

it('is the same of records from before, and seen where links are damaged', async () => {
  await put(toItem(aKept(1)));
  const item = bookingItem(aKept(2));
  const held = unmarshall(item).sync;
  const damaged = { ...held, marketing: { ...held.marketing, links: Uint8Array.of(1, 2, 3, 4) } };
  await put({ ...item, ...toItem({ sync: damaged }) });
  const found = await readProgress(dynamo, 'bookings', [uuid(1), uuid(2)]);
  expect(found.get(uuid(1))).toEqual(shown);
  expect(found.get(uuid(2))).toEqual(shown);
});

it('is put beside the index’s entries, those of another version left out', async () => {
  await put(bookingItem(aKept(3)));
  const entry = (n: number, version: number): AttentionEntry => {
    return { uuid: uuid(n), company: 'harbor-kayaks', guestKey: guestKeyFor(uuid(n)), version, changedAt: AT };
  };
  const entries = [entry(3, 1), entry(3, 2), entry(4, 2)];
  expect(await withProgress(dynamo, 'bookings', entries)).toEqual([{ ...entry(3, 2), sync: shown.sync }]);
});
