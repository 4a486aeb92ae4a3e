import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bookingUuidSchema } from '../../../shared/booking/booking.ts';
import { verificationList } from '../../../shared/webhook/verifications.ts';
import { clear, type Desk, email, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterEach(() => clear(desk));
afterAll(() => desk.close());

describe('a webhook', () => {
  it('of a new booking makes version 1, the guest, and a hint for each sink', async () => {
    const { uuid } = desk.fareHarbor.book({ contact: email('Ana Reyes') });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    const record = await desk.record(uuid);
    expect(record).toMatchObject({ version: 1, source: 'webhook', company: 'harbor-kayaks', unusable: [] });
    expect(desk.hints.map(({ sink, version }) => `${sink} ${version}`)).toEqual(['crm 1', 'marketing 1']);
    const rows = await desk.guests.read(record?.guestKey ?? '');
    expect(rows.bookings.map((row) => row.uuid)).toEqual([uuid]);
  });

  it.each(['full', 'optimized', 'full-with-payments', 'optimized-with-payments'] as const)(
    'with a %s body gives the same booking',
    async (bodyType) => {
      const { uuid } = desk.fareHarbor.book({ note: 'two kayaks', voucher: 'V1', party: { Adult: 2, Child: 1 } });
      await desk.deliver([desk.fareHarbor.bodyOf(uuid, bodyType)]);
      const record = await desk.record(uuid);
      expect(record?.unusable).toEqual([]);
      expect(record?.booking).toMatchObject({ partySize: 3, note: 'two kayaks', voucher: 'V1', status: 'booked' });
      expect(record?.booking.price.total?.currency).toBe('USD');
    },
  );

  it('that brings nothing new costs no version and, once the sinks are there, no hint', async () => {
    const { uuid } = desk.fareHarbor.book();
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    const record = await desk.record(uuid);
    if (record === undefined) throw new Error('no record');
    for (const sink of desk.deps.sinks) await desk.bookings.noteSynced(record, sink, {});
    desk.hints.length = 0;
    desk.fareHarbor.remind(uuid);
    await desk.deliver([desk.fareHarbor.bodyOf(uuid), desk.fareHarbor.bodyOf(uuid)]);
    expect(await desk.record(uuid)).toMatchObject({ version: 1 });
    expect(desk.hints).toEqual([]);
  });

  it.each([
    ['just now', 0, undefined],
    ['long ago', 60, 1],
  ])('of a booking made %s: whether it may have been told of before is noted', async (_, minutesAgo, attempting) => {
    const { uuid } = desk.fareHarbor.book({ deviations: ['unknown-fields'] });
    desk.clock.aheadMs = minutesAgo * 60_000;
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    desk.clock.aheadMs = 0;
    expect((await desk.record(uuid))?.sync.marketing?.attempting).toBe(attempting);
  });

  it('that brings nothing new hints a sink that is to write again', async () => {
    const { uuid } = desk.fareHarbor.book();
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    const record = await desk.record(uuid);
    if (record === undefined) throw new Error('no record');
    for (const sink of desk.deps.sinks) await desk.bookings.noteSynced(record, sink, {});
    await desk.bookings.noteRewrite(uuid, 'crm');
    desk.hints.length = 0;
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    expect(desk.hints.map(({ sink }) => sink)).toEqual(['crm']);
  });

  it('redelivered after a crash between writing and hinting still hints (trap 3)', async () => {
    const { uuid } = desk.fareHarbor.book();
    const body = desk.fareHarbor.bodyOf(uuid);
    desk.switches.hintsFail = true;
    await expect(desk.deliver([body])).rejects.toThrow('killed');
    desk.switches.hintsFail = false;
    await desk.deliver([body]);
    expect(desk.hints.map(({ sink }) => sink)).toEqual(['crm', 'marketing']);
    expect(await desk.record(uuid)).toMatchObject({ version: 1 });
  });

  it('A → B → A ends at A, in three versions (traps 1 and 4)', async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'A' });
    const a = desk.fareHarbor.bodyOf(uuid);
    desk.fareHarbor.edit(uuid, { note: 'B' });
    const b = desk.fareHarbor.bodyOf(uuid);
    await desk.deliver([a, b, a]);
    expect(await desk.record(uuid)).toMatchObject({ version: 3, booking: { note: 'A' } });
  });

  it('of an item of a company with an endless name is noted, too', async () => {
    const company = { shortname: 'é'.repeat(5_000) };
    await desk.deliver([JSON.stringify({ item: { pk: 7, company } })], { kind: 'item' });
    expect(await desk.operations()).toContainEqual(expect.objectContaining({ id: `${'é'.repeat(200)}#7` }));
  });

  it('of an item is noted', async () => {
    await desk.deliver([desk.fareHarbor.itemBody('harbor-kayaks', 11001)], { kind: 'item' });
    expect(await desk.operations()).toContainEqual(
      expect.objectContaining({ kind: 'item', id: 'harbor-kayaks#11001', name: 'Sunrise Kayak Tour' }),
    );
  });
});

describe('with API access', () => {
  it('the booking as FareHarbor has it now counts, not a late body', async () => {
    desk.switches.apiAccess = true;
    const { uuid } = desk.fareHarbor.book({ note: 'old' });
    const old = desk.fareHarbor.bodyOf(uuid);
    desk.fareHarbor.edit(uuid, { note: 'new' });
    await desk.deliver([old]);
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'api', booking: { note: 'new' } });
  });

  it('several webhooks of one booking in a batch cost one call', async () => {
    desk.switches.apiAccess = true;
    const { uuid } = desk.fareHarbor.book();
    const body = desk.fareHarbor.bodyOf(uuid);
    const before = desk.server.requests.length;
    await desk.deliver([body, body, body]);
    const calls = desk.server.requests.slice(before);
    expect(calls.map(({ path, query }) => `${path}${query}`)).toEqual([
      `/api/external/v1/companies/harbor-kayaks/bookings/${uuid}/?with_payments=yes`,
    ]);
  });

  it('a link in the body is never followed (trap 10)', async () => {
    desk.switches.apiAccess = true;
    const { uuid } = desk.fareHarbor.book();
    const before = desk.server.requests.length;
    const body = desk.fareHarbor
      .bodyOf(uuid)
      .replace('{"booking":{', `{"booking":{"external_api_url":"${desk.server.url}/stolen/",`);
    await desk.deliver([body]);
    const calls = desk.server.requests.slice(before);
    expect(calls.map(({ path }) => path)).toEqual([`/api/external/v1/companies/harbor-kayaks/bookings/${uuid}/`]);
  });

  it.each([
    [403, { error: 'Forbidden', status: 403 }],
    [429, { error: 'Too many', status: 429 }],
    [420, undefined],
  ])('a %i that names no key is the rate limit: it waits as long as asked (trap 9)', async (status, body) => {
    desk.switches.apiAccess = true;
    const { uuid } = desk.fareHarbor.book();
    desk.server.fault({ route: '*', status, body, headers: { 'retry-after': '17' } });
    const delivery = desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    await expect(delivery).rejects.toMatchObject({ code: 'fareharbor.busy', waitSeconds: 17 });
    expect(desk.counts.FareHarborKeysRejected).toBeUndefined();
  });

  it('a 403 that names the key is about the key: the body serves, and somebody is told (trap 9)', async () => {
    desk.switches.apiAccess = true;
    const { uuid } = desk.fareHarbor.book();
    desk.server.fault({ route: '*', status: 403, body: { error: 'no', status: 403, code: 'user-key-invalid' } });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'webhook' });
    expect(desk.counts.FareHarborKeysRejected).toBe(1);
  });

  it('FareHarbor down: it tries again, then takes the body and says that it is unverified', async () => {
    desk.switches.apiAccess = true;
    const { uuid } = desk.fareHarbor.book();
    const body = desk.fareHarbor.bodyOf(uuid);
    desk.server.fault({ route: '*', status: 503, times: 3 });
    for (const receives of [1, 2]) {
      await expect(desk.deliver([body], { receives })).rejects.toMatchObject({ code: 'fareharbor.unavailable' });
    }
    await desk.deliver([body], { receives: 3 });
    expect(await desk.record(uuid)).toMatchObject({ source: 'webhook' });
    expect(desk.counts.BookingUnverified).toBe(1);
  });

  it('a booking that FareHarbor does not know is quarantined, not believed', async () => {
    const { uuid } = desk.fareHarbor.book();
    const body = desk.fareHarbor.bodyOf(uuid).replaceAll(uuid, 'ffffffff-ffff-4fff-8fff-ffffffffffff');
    desk.switches.apiAccess = true;
    await expect(desk.deliver([body])).rejects.toMatchObject({ code: 'fareharbor.unknown-booking' });
    await desk.deliver([body], { receives: 3 });
    expect(await desk.record('ffffffff-ffff-4fff-8fff-ffffffffffff')).toBeUndefined();
    expect((await desk.quarantined()).map(({ reason }) => reason)).toContain('unknown-booking');
  });
});

describe('what no booking can be made of', () => {
  it.each([
    ['not-json', 'rubbish {', { kind: 'unreadable', reason: 'not-json' } as const],
    ['no-company', '{"booking":{"uuid":"00000000-0000-4000-8000-000000000099"}}', {}],
    [
      'unknown-company',
      '{"booking":{"uuid":"00000000-0000-4000-8000-000000000099","company":{"shortname":"strangers"}}}',
      {},
    ],
    [
      'foreign-key',
      '{"booking":{"uuid":"00000000-0000-4000-8000-000000000099","company":{"shortname":"harbor-kayaks"}}}',
      { keyCompany: 'umi-tours' },
    ],
  ])('is kept whole with its reason: %s', async (reason, body, options) => {
    await desk.deliver([body], options);
    const kept = (await desk.quarantined()).find((item) => item.reason === reason);
    expect(gunzipSync(kept?.content).toString('utf8')).toBe(body);
    expect(kept?.expiresAt).toBeGreaterThan(Date.now() / 1000 + 80 * 86_400);
  });

  it('is kept in parts where it is large', async () => {
    const body = Array.from({ length: 60_000 }, () => Math.random().toString(36)).join('');
    await desk.deliver([body], { kind: 'unreadable', reason: 'not-json' });
    const [first] = (await desk.quarantined()).filter(({ bytes }) => bytes === Buffer.byteLength(body));
    const parts = (await desk.operations()).filter(({ id }) => String(id).startsWith(String(first?.id)));
    expect(parts.length).toBe(first?.parts);
    expect(parts.length).toBeGreaterThan(1);
    const whole = parts.sort((a, b) => String(a.id).localeCompare(String(b.id))).map(({ content }) => content);
    expect(gunzipSync(Buffer.concat(whole)).toString('utf8')).toBe(body);
  });

  it('names the company of its key where the body names none', async () => {
    const uuid = '00000000-0000-4000-8000-0000000000aa';
    await desk.deliver([JSON.stringify({ booking: { uuid } })], { keyCompany: 'umi-tours' });
    expect(await desk.record(uuid)).toMatchObject({
      company: 'umi-tours',
      booking: { status: 'booked', partySize: 0 },
    });
  });
});

describe('a booking noted after a restore', () => {
  const ask = async (reason: 'restored' | 'unverified') => {
    const { uuid } = desk.fareHarbor.book();
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    const note = {
      tries: 0,
      company: 'harbor-kayaks',
      uuid: bookingUuidSchema.parse(uuid),
      notedAt: '2026-11-21T12:00:00.000Z',
      reason,
    };
    const list = verificationList(desk.dynamo, desk.operationsTable);
    await list.add(note);
    const body = JSON.stringify({ booking: { uuid, company: { shortname: note.company } } });
    await desk.deliver([body], { kind: 'verify' });
    return (await list.still([note])).has(uuid);
  };

  it('of a company without API access is not asked for again and again', async () => {
    expect(await ask('restored')).toBe(false);
    // One taken from a webhook is: there was access then, and may be again.
    expect(await ask('unverified')).toBe(true);
  });
});
