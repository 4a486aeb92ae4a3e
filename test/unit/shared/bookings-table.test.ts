import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PermanentError } from '../../../shared/errors/errors.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { bookingsTable } from '../../../shared/records/bookings-table.ts';
import { toItem } from '../../../shared/records/dynamo.ts';
import { aBooking, uuid } from './booking-fixture.ts';
import { createTable, openDynamoDb } from './tables.ts';

const AT = '2026-11-21T12:00:00.000Z';
let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
  await createTable(dynamo, 'bookings', ['uuid']);
});
afterAll(async () => {
  await engine.close();
});

const none = { version: 0, at: AT, state: 'synced' } as const;
function aRecord(n: number, version: number): BookingRecord {
  return {
    uuid: uuid(n),
    company: 'harbor-kayaks',
    version,
    guestKey: guestKeyFor(uuid(n)),
    booking: aBooking({ uuid: uuid(n) }),
    understanding: {
      mode: 'rules',
      rulesReason: 'nothing-to-read',
      features: {},
      leadScore: { value: 10, byRules: 10, band: 'cold', routing: 'nurture', routingReason: '', reasons: [] },
      segment: 'new',
      segmentReasons: [],
      churnRisk: 'low',
      churnReasons: [],
      interests: [],
      upsell: null,
      risk: null,
      guest: { bands: null, predictedValue: null, predictedValueReason: '', categories: [] },
      signals: {
        occasion: 'none',
        groupKind: 'unknown',
        dietary: [],
        accessibility: [],
        complaint: false,
        urgency: 'normal',
        language: 'unknown',
        upsellAffinity: [],
      },
      summary: null,
      lineage: null,
    },
    changes: [],
    unusable: [],
    source: 'webhook',
    firstSeenAt: AT,
    changedAt: AT,
    receivedAt: AT,
    sync: { crm: none, marketing: none },
    attention: 'lagging',
  };
}
const table = () => bookingsTable(dynamo, 'bookings', () => new Date(AT));
const write = (record: BookingRecord) =>
  dynamo.send(new PutItemCommand({ TableName: 'bookings', Item: toItem({ ...record, attention: 'lagging' }) }));
const attention = async (n: number) => {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName: 'bookings', Key: { uuid: { S: uuid(n) } } }));
  return Item && unmarshall(Item).attention;
};
const held = async (n: number): Promise<BookingRecord> => {
  const record = await table().read(uuid(n));
  if (record === undefined) throw new Error('there is no such record');
  return record;
};
/** How many writes it makes. */
async function counting(run: () => Promise<unknown>): Promise<number> {
  let writes = 0;
  const name = 'count';
  dynamo.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'UpdateItemCommand') writes += 1;
        return next(args);
      },
    { step: 'initialize', name },
  );
  await run();
  dynamo.middlewareStack.remove(name);
  return writes;
}
/** Runs it while reads that may be a moment old show this record. */
async function whileReadsShow(record: BookingRecord, run: () => Promise<unknown>): Promise<void> {
  const name = 'stale';
  dynamo.middlewareStack.add(
    (next, { commandName }) =>
      async (args) =>
        commandName === 'GetItemCommand' && 'ConsistentRead' in args.input && args.input.ConsistentRead !== true
          ? { output: { $metadata: {}, Item: toItem({ ...record, attention: 'lagging' }) }, response: {} }
          : await next(args),
    { step: 'initialize', name },
  );
  await run();
  dynamo.middlewareStack.remove(name);
}
const refused = new PermanentError('salesforce.refused', 'the e-mail is not valid', { remedy: 'correct it' });

describe('a sink’s progress', () => {
  it('leaves the index when the last sink is there, whichever is last, even from stale reads', async () => {
    const record = aRecord(1, 1);
    await write(record);
    await table().noteSynced(record, 'crm', { opportunity: '006' });
    expect(await attention(1)).toBe('lagging');
    await table().noteSynced(record, 'marketing', {});
    expect(await attention(1)).toBeUndefined();
    expect((await table().read(uuid(1)))?.sync.crm).toMatchObject({ version: 1, links: { opportunity: '006' } });
  });

  it('takes the record out of the index with the last sink’s note itself, in one write', async () => {
    const record = aRecord(15, 1);
    await write(record);
    await table().noteSynced(record, 'crm', {});
    const writes = await counting(() => table().noteSynced(record, 'marketing', {}));
    expect([writes, await attention(15)]).toEqual([1, undefined]);
  });

  it.each([
    ['wants to be written again', () => table().noteRewrite(uuid(21), 'crm'), 'lagging', 21],
    ['was refused', async () => await table().notePark(await held(22), 'crm', refused), 'parked', 22],
  ] as const)('is right in the index where the other sink %s meanwhile, unseen', async (_, does, wanted, n) => {
    await write({ ...aRecord(n, 1), sync: { crm: { ...none, version: 1 }, marketing: none } });
    const stale = await held(n);
    await does();
    await whileReadsShow(stale, () => table().noteSynced(stale, 'marketing', {}));
    expect((await held(n)).sync.marketing?.version).toBe(1);
    expect(await attention(n)).toBe(wanted);
  });

  it('leaves the index in one write also where another sink begins once-only writes, which is no progress', async () => {
    await write({ ...aRecord(23, 1), sync: { crm: { ...none, version: 1 }, marketing: none } });
    const stale = await held(23);
    await table().noteAttempt(stale, 'crm', 'here');
    const writes = await counting(() => whileReadsShow(stale, () => table().noteSynced(stale, 'marketing', {})));
    expect([writes, await attention(23)]).toEqual([1, undefined]);
  });

  it.each([
    ['came meanwhile', { ...none, version: 1 }, none, undefined, 16],
    ['fell behind meanwhile', none, { ...none, version: 1 }, 'lagging', 17],
  ] as const)('is right in the index where the other sink %s, unseen', async (_, is, seen, wanted, n) => {
    await write({ ...aRecord(n, 1), sync: { crm: is, marketing: none } });
    const stale = { ...aRecord(n, 1), sync: { crm: seen, marketing: none } };
    await whileReadsShow(stale, () => table().noteSynced(aRecord(n, 1), 'marketing', {}));
    expect((await held(n)).sync).toMatchObject({ crm: is, marketing: { version: 1 } });
    expect(await attention(n)).toBe(wanted);
  });

  it('stays in the index where somebody wants it written again between the last note and its removal', async () => {
    const done = { ...none, version: 1 };
    await write({ ...aRecord(18, 1), sync: { crm: done, marketing: none } });
    const stale = { ...aRecord(18, 1), sync: { crm: none, marketing: none } };
    const name = 'between';
    dynamo.middlewareStack.add(
      (next) => async (args) => {
        if ('UpdateExpression' in args.input && args.input.UpdateExpression === 'REMOVE #attention') {
          dynamo.middlewareStack.remove(name);
          await table().noteRewrite(uuid(18), 'crm');
        }
        return await next(args);
      },
      { step: 'initialize', name },
    );
    await whileReadsShow(stale, () => table().noteSynced(aRecord(18, 1), 'marketing', {}));
    expect((await held(18)).sync.crm?.rewrite).toEqual(expect.any(String));
    expect(await attention(18)).toBe('lagging');
  });

  it('never goes backwards (invariant 3)', async () => {
    const newer = aRecord(2, 5);
    await write({ ...newer, sync: { crm: { ...none, version: 5 }, marketing: none } });
    await table().noteSynced(aRecord(2, 4), 'crm', {});
    expect((await table().read(uuid(2)))?.sync.crm?.version).toBe(5);
  });

  it('of an older version is noted while the record has moved on, and it still lags', async () => {
    await write(aRecord(3, 2));
    await table().noteSynced(aRecord(3, 1), 'crm', {});
    expect((await table().read(uuid(3)))?.sync.crm?.version).toBe(1);
    expect(await attention(3)).toBe('lagging');
  });

  it('that was parked shows so once nothing else lags, with reason and remedy', async () => {
    const record = aRecord(4, 1);
    await write(record);
    await table().notePark(record, 'crm', refused);
    expect(await attention(4)).toBe('lagging');
    await table().noteSynced(record, 'marketing', {});
    expect(await attention(4)).toBe('parked');
    expect((await table().read(uuid(4)))?.sync.crm).toMatchObject({
      version: 0,
      state: 'parked',
      parkedVersion: 1,
      reason: 'the e-mail is not valid',
      remedy: 'correct it',
    });
    await table().noteSynced(record, 'crm', {});
    expect(await attention(4)).toBeUndefined();
  });

  it('keeps a mark of once-only writes until the version is synced', async () => {
    const record = aRecord(5, 1);
    await write(record);
    await table().noteAttempt(record, 'marketing', 'here');
    expect((await table().read(uuid(5)))?.sync.marketing?.attempting).toBe(1);
    await table().noteSynced(record, 'marketing', {});
    expect((await table().read(uuid(5)))?.sync.marketing?.attempting).toBeUndefined();
  });

  it('leaves the index at the next look where the process that noted it died before that', async () => {
    const done = { ...none, version: 1 };
    await write({ ...aRecord(7, 1), sync: { crm: done, marketing: done } });
    const read = await table().read(uuid(7));
    if (read !== undefined) await table().settleAttention(read);
    expect(await attention(7)).toBeUndefined();
  });

  it('stays in the index when a sink fell behind again after that look', async () => {
    const done = { ...none, version: 1 };
    await write({ ...aRecord(8, 1), sync: { crm: done, marketing: done } });
    const read = await table().read(uuid(8));
    await write({ ...aRecord(8, 1), sync: { crm: done, marketing: none } });
    if (read !== undefined) await table().settleAttention(read);
    expect(await attention(8)).toBe('lagging');
  });

  it('written again on a wish: it is in the index until that is done, and told versions stay told', async () => {
    const done = { ...none, version: 2, links: { opportunity: '006' } };
    await write({ ...aRecord(9, 2), sync: { crm: done, marketing: done } });
    await table().noteRewrite(uuid(9), 'crm');
    expect(await attention(9)).toBe('lagging');
    const wished = await held(9);
    expect(wished.sync.crm).toMatchObject({ version: 2, links: { opportunity: '006' } });
    expect(wished.sync.marketing).toEqual(done);
    await table().noteSynced(wished, 'crm', {});
    expect((await held(9)).sync.crm).toEqual({ ...none, version: 2, links: {} });
    expect(await attention(9)).toBeUndefined();
  });

  it('does not fulfil a wish for a rewrite that came after the write began', async () => {
    await write(aRecord(10, 1));
    const begun = await held(10);
    await table().noteAttempt(begun, 'crm', 'here');
    await table().noteRewrite(uuid(10), 'crm');
    await table().noteSynced(begun, 'marketing', {});
    await table().noteSynced(begun, 'crm', { opportunity: '006' });
    const { rewrite, ...noted } = (await held(10)).sync.crm ?? { ...none, rewrite: undefined };
    expect(noted).toEqual({ ...none, version: 1, links: { opportunity: '006' } });
    expect(rewrite).toEqual(expect.any(String));
    expect(await attention(10)).toBe('lagging');

    const again = await held(10);
    await table().noteRewrite(uuid(10), 'crm');
    await table().noteSynced(again, 'crm', {});
    expect(await attention(10)).toBe('lagging');
    await table().noteSynced(await held(10), 'crm', {});
    expect(await attention(10)).toBeUndefined();
  });

  it('parked is parked no more where it was brought while somebody wished for it again', async () => {
    await write({ ...aRecord(24, 1), sync: { crm: none, marketing: { ...none, version: 1 } } });
    await table().notePark(await held(24), 'crm', refused);
    const begun = await held(24);
    await table().noteRewrite(uuid(24), 'crm');
    await table().noteSynced(begun, 'crm', {});
    const rewrite = expect.any(String);
    expect((await held(24)).sync.crm).toEqual({ ...none, version: 1, links: {}, rewrite });
  });

  it('parked gets another try on a wish, and stands as parked when that is refused too, even of a version held', async () => {
    const done = { ...none, version: 1 };
    await write({ ...aRecord(11, 1), sync: { crm: none, marketing: done } });
    await table().notePark(await held(11), 'crm', refused);
    expect(await attention(11)).toBe('parked');
    await table().noteRewrite(uuid(11), 'crm');
    expect(await attention(11)).toBe('lagging');
    await table().notePark(await held(11), 'crm', refused);
    expect(await attention(11)).toBe('parked');

    await write({ ...aRecord(12, 1), sync: { crm: done, marketing: done } });
    await table().noteRewrite(uuid(12), 'crm');
    await table().notePark(await held(12), 'crm', refused);
    expect(await attention(12)).toBe('parked');
  });

  it('of history waits for the bulk write, a live change or a repair for a hint', async () => {
    await write({ ...aRecord(13, 2), quietThrough: 2 });
    await table().settleAttention({ ...(await held(13)) });
    expect(await attention(13)).toBe('backfill');
    await table().noteSynced(await held(13), 'crm', {});
    expect(await attention(13)).toBe('backfill');
    await table().noteRewrite(uuid(13), 'marketing');
    expect(await attention(13)).toBe('lagging');
    await table().noteSynced(await held(13), 'marketing', {});
    expect(await attention(13)).toBeUndefined();

    await write({ ...aRecord(14, 3), quietThrough: 2 });
    await table().noteSynced(await held(14), 'crm', {});
    expect(await attention(14)).toBe('lagging');
  });

  it('of a record that is gone is nothing to note', async () => {
    await table().noteSynced(aRecord(6, 1), 'crm', {});
    await table().noteRewrite(uuid(6), 'crm');
    expect(await table().read(uuid(6))).toBeUndefined();
  });
});
