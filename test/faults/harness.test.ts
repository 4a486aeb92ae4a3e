import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Expectation } from '../samples/expectation.ts';
import { portrait } from './portrait.ts';
import { table } from './report.ts';
import { pick } from './selection.ts';
import { awsCall, vendorCall } from './step.ts';
import { createTripwire, type Moment } from './tripwire.ts';
import { backwards, twice } from './verdict.ts';
import { openWire } from './wire.ts';

describe('a wire', () => {
  const effects: string[] = [];
  const upstream = createServer((incoming, outgoing) => {
    incoming.resume().once('end', () => {
      effects.push(incoming.url ?? '');
      outgoing.end('done');
    });
  });
  beforeAll(() => new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done)));
  afterAll(() => {
    upstream.close();
    upstream.closeAllConnections();
  });

  const call = async (path: string, moment: Moment | undefined) => {
    const killed: string[] = [];
    const { port } = upstream.address() as AddressInfo;
    const wire = await openWire({
      upstream: `http://127.0.0.1:${port}`,
      pass: () => moment,
      kill: () => killed.push(effects.includes(path) ? 'after' : 'before'),
    });
    const answer = await fetch(`${wire.url}${path}`, { method: 'POST', body: 'x' }).then(
      (response) => response.text(),
      () => 'no answer',
    );
    await wire.close();
    return { answer, killed, happened: effects.includes(path) };
  };

  it('lets a call pass', async () => {
    expect(await call('/passes', undefined)).toEqual({ answer: 'done', killed: [], happened: true });
  });

  it('kills before the effect, which then never happens', async () => {
    expect(await call('/before', 'before')).toEqual({ answer: 'no answer', killed: ['before'], happened: false });
  });

  it('kills after the effect, and the answer is lost', async () => {
    expect(await call('/after', 'after')).toEqual({ answer: 'no answer', killed: ['after'], happened: true });
  });
});

describe('the tripwire', () => {
  it('kills at the n-th call of a kind, once, and says where nobody came by', () => {
    const tripwire = createTripwire();
    const missed = { step: 'ingest: SQS 3', when: 'before' } as const;
    tripwire.begin([{ step: 'ingest: SQS 2', when: 'after' }, missed]);
    const passed = ['ingest', 'enrichment', 'ingest', 'ingest'].map((service) => tripwire.pass(service, 'SQS'));
    expect(passed).toEqual([undefined, undefined, 'after', 'before']);
    expect(tripwire.end().missed).toEqual([]);
    tripwire.begin([missed]);
    tripwire.pass('ingest', 'SQS');
    expect(tripwire.end()).toMatchObject({ steps: [{ occurrence: 1 }], missed: [missed] });
    expect(tripwire.pass('ingest', 'SQS')).toBeUndefined();
  });

  it('names calls without what differs from run to run', () => {
    const body = JSON.stringify({ TableName: 'harborlight-dev-bookings', Key: {} });
    expect(awsCall('DynamoDB_20120810.GetItem', body)).toBe('DynamoDB GetItem bookings');
    const queue = JSON.stringify({ QueueUrl: 'http://127.0.0.1:1/000000000000/harborlight-dev-crm.fifo' });
    expect(awsCall('AmazonSQS.SendMessage', queue)).toBe('SQS SendMessage crm.fifo');
    expect(vendorCall('mailchimp', 'PUT', '/3.0/lists/a/members/0123456789abcdef0123456789abcdef?x=1')).toBe(
      'mailchimp PUT /3.0/lists/a/members/{hash}',
    );
  });
});

describe('the verdict', () => {
  const expected: Expectation = {
    bookings: [{ uuid: 'u', status: 'booked', opportunity: null, cases: ['cancellation'] }],
    guests: [{ email: 'a@guests.test', name: 'A', member: null, contacts: 1, sales: [] }],
  };
  const held = { Account: [{}], Contact: [{}], Opportunity: [], Case: [{}] };

  it.each([
    ['an account', { ...held, Account: [{}, {}] }, '2 Accounts in all instead of 1'],
    ['a contact', { ...held, Contact: [{}, {}] }, '2 Contacts in all instead of 1'],
    ['an opportunity', { ...held, Opportunity: [{}] }, '1 Opportunities in all instead of 0'],
    ['a case', { ...held, Case: [{}, {}] }, '2 Cases in all instead of 1'],
  ])('sees %s too many, whoever it belongs to', (_, salesforce, violation) => {
    expect(twice(expected, held, { members: {} })).toEqual([]);
    expect(twice(expected, salesforce, { members: {} })).toEqual([violation]);
  });

  it('sees a member too many, and an event that came twice', () => {
    const event = { properties: { event_key: 'u:1:booked' } };
    const members = { 'b@guests.test': { events: [event, event] } };
    expect(twice(expected, held, { members })).toEqual([
      '1 members in all instead of 0',
      '1 different event keys in all instead of 2',
    ]);
  });

  it('sees an older version written over a newer one', () => {
    const write = (uuid: string, version: number) => ({
      object: 'Opportunity',
      fields: { FareHarbor_Current_UUID__c: uuid, Booking_Version__c: version },
    });
    expect(backwards([write('a', 1), write('b', 1), write('a', 2), write('a', 2)])).toEqual([]);
    expect(backwards([write('a', 2), write('a', 1)])).toEqual(['booking a: version 1 was written over 2']);
  });

  it('sees a field that differs from the undisturbed telling, and not that ids do', () => {
    const state = (prefix: string, uuid: string, id: string, bookings: number) =>
      portrait(
        {
          Contact: [{ Id: id, Email: `a@${prefix}.test`, FareHarbor_Guest_Key__c: `g-${uuid}`, Bookings__c: bookings }],
        },
        { members: { [`a@${prefix}.test`]: { status: 'subscribed', merge_fields: {}, tags: ['x'], events: [] } } },
        prefix,
        [uuid],
      );
    expect(state('t1', 'uuid-1', '0031', 1)).toEqual(state('t2', 'uuid-2', '0032', 1));
    expect(state('t1', 'uuid-1', '0031', 1)).not.toEqual(state('t2', 'uuid-2', '0032', 2));
  });
});

it('a selection is spread over all, and the same for the same seed', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n);
  const picked = pick(hundred, 10, 'seed');
  expect(picked).toEqual(pick(hundred, 10, 'seed'));
  expect(picked.map((n) => Math.floor(n / 10))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(pick([1, 2], 5, 'seed')).toEqual([1, 2]);
});

it('the table adds up what was done, also when nothing was', () => {
  const outcome = (story: string, crashes: number) => ({
    story,
    points: [
      { step: 's', when: 'before' as const },
      { step: 's', when: 'after' as const },
    ],
    crashes,
    violations: [],
    unreached: [],
    ms: 1_000,
  });
  const lastRow = (text: string) => text.split('\n').findLast((line) => line.includes('│ all'));
  expect(lastRow(table([outcome('a', 2), outcome('b', 1)], 2_000))).toMatch(/all +│ 2 +│ 4 +│ 3 +│ 0 +│ 0 +│ 2 s/);
  expect(lastRow(table([], 3_000))).toMatch(/all +│ 0 +│ 0 +│ 0 +│ 0 +│ 0 +│ 3 s/);
});
