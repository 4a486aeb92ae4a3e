import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../infra/local/stack.ts';
import { listAttention } from '../../infra/ops/attention.ts';
import { listQuarantine, readQuarantined } from '../../infra/ops/quarantine.ts';
import { deliver, deliverBooking, recordOf, settled, startPipeline, synced, tableName, until } from './driver.ts';

let stack: Stack;
beforeAll(async () => {
  // No schedule: what was taken from a body would be asked for again, and be whole, before it is looked at.
  stack = await startPipeline({ scheduleMs: 0 });
});
afterAll(() => stack.close());

const root = () => `${stack.url}/webhooks/fareharbor`;
const quarantined = () => listQuarantine(stack.dynamoDb, tableName(stack, 'OPERATIONS_TABLE'));

describe('the webhook’s address', () => {
  const uuid = 'eeeeeeee-0000-4000-8000-000000000001';
  const body = JSON.stringify({ booking: { uuid, company: { shortname: 'harbor-kayaks' } } });
  it.each([
    ['a wrong key', '/wrong-key-0123456789'],
    ['no key', ''],
    ['a wrong key in the query', '?key=wrong-key-0123456789'],
  ])('answers 401 to %s and stores nothing', async (_, path) => {
    expect(await deliver(stack, body, root() + path)).toMatchObject({ status: 401 });
    await settled(stack);
    expect(await recordOf(stack, uuid)).toBeUndefined();
    expect(stack.logs('ingest').join()).not.toContain('wrong-key-0123456789');
  });

  it('takes the key in the path, in the query, and as Basic auth', async () => {
    const booking = stack.vendors.fareharbor.vendor.book();
    const real = stack.vendors.fareharbor.vendor.bodyOf(booking.uuid);
    expect(await deliver(stack, real, `${root()}/${stack.webhookKey}`)).toMatchObject({ status: 200 });
    expect(await deliver(stack, real, `${root()}?key=${stack.webhookKey}`)).toMatchObject({ status: 200 });
    const authorization = `Basic ${Buffer.from(`fareharbor:${stack.webhookKey}`).toString('base64')}`;
    const basic = await fetch(root(), { method: 'POST', body: real, headers: { authorization } });
    expect(basic.status).toBe(200);
  });

  it('answers 405 to what is not POST and 404 to what is not its path', async () => {
    expect((await fetch(stack.webhookUrl)).status).toBe(405);
    expect((await fetch(`${stack.url}/anything`, { method: 'POST', body })).status).toBe(404);
  });

  it('answers 413 to more than a million bytes', async () => {
    expect((await deliver(stack, `${' '.repeat(1_000_001 - body.length)}${body}`)).status).toBe(413);
  });
});

describe('a body that no booking can be made of', () => {
  it.each([
    ['not-json', '{"booking": \u0000 \uffff ☕'],
    ['no-booking-or-item', '{"hello":"world"}'],
    ['no-uuid', '{"booking":{"pk":7}}'],
    [
      'unknown-company',
      '{"booking":{"uuid":"eeeeeeee-0000-4000-8000-000000000002","company":{"shortname":"strangers"}}}',
    ],
  ])('is answered 200, kept whole and listed: %s', async (reason, body) => {
    expect((await deliver(stack, body)).status).toBe(200);
    await until(`${reason} is listed`, async () => (await quarantined()).some((entry) => entry.reason === reason));
    const entry = (await quarantined()).find((each) => each.reason === reason);
    const kept = await readQuarantined(stack.dynamoDb, tableName(stack, 'OPERATIONS_TABLE'), entry?.id ?? '');
    expect(kept?.equals(Buffer.from(body))).toBe(true);
    const log = [...stack.logs('ingest'), ...stack.logs('enrichment')].join('\n');
    expect(log).toContain('WebhookQuarantined');
  });
});

it('a booking with broken optional parts is processed with what is sound, and what was not is noted', async () => {
  // What came before must not use the faults up.
  await settled(stack);
  stack.vendors.fareharbor.server.fault({ route: '*', status: 503, times: 3 });
  const { uuid } = stack.vendors.fareharbor.vendor.book({ contact: { email: 'sound@guests.test' } });
  const real = JSON.parse(stack.vendors.fareharbor.vendor.bodyOf(uuid));
  const booking = { ...real.booking, voucher_number: { no: 'text' }, payments: 'none', affiliate_company: 7 };
  expect((await deliver(stack, JSON.stringify({ booking }))).status).toBe(200);
  await until('the booking is in Salesforce', () => synced(stack, uuid, 'crm'));
  const record = await recordOf(stack, uuid);
  expect(record?.unusable.toSorted()).toEqual(['affiliate_company', 'payments', 'voucher_number']);
  expect(record?.source).toBe('webhook');
});

it('a record that one vendor refuses is parked there with its reason; others and the other vendor go on', async () => {
  const { fareharbor, mailchimp } = stack.vendors;
  const fake = fareharbor.vendor.book({ contact: { name: 'Fake Address', email: 'fake@example.com' } });
  const good = fareharbor.vendor.book({ contact: { name: 'Good Address', email: 'good@guests.test' } });
  await Promise.all([deliverBooking(stack, fake.uuid), deliverBooking(stack, good.uuid)]);
  await until('the good one is in Mailchimp', () => synced(stack, good.uuid, 'marketing'));
  await until('the fake one is in Salesforce', () => synced(stack, fake.uuid, 'crm'));
  await settled(stack);
  const parked = await listAttention(stack.dynamoDb, tableName(stack, 'BOOKINGS_TABLE'), 'parked');
  expect(parked).toMatchObject([{ uuid: fake.uuid, sink: 'marketing', holds: 0 }]);
  expect(parked[0]?.reason).toMatch(/fake|invalid/i);
  expect(parked[0]?.remedy).toBeTruthy();
  expect(JSON.stringify(mailchimp.vendor.state())).not.toContain('fake@example.com');
  expect(stack.logs('marketing-sync').join('\n')).toContain('BookingParked');
});
