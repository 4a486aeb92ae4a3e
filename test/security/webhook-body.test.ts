import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { type Desk, openDesk } from '../unit/enrichment/desk.ts';
import { defaultCredentials } from '../vendors/fareharbor/fareharbor.ts';
import { openTrap, type Trap } from './trap.ts';

let desk: Desk;
let stranger: Trap;
beforeAll(async () => {
  [desk, stranger] = await Promise.all([openDesk(), openTrap()]);
});
afterEach(() => {
  desk.switches.apiAccess = false;
  desk.counts[METRIC.bookingReturned] = 0;
});
afterAll(() => Promise.all([desk.close(), stranger.close()]));

/** How often an earlier state was told of. */
const returned = () => desk.counts[METRIC.bookingReturned] ?? 0;
const bodySchema = z.object({ booking: z.looseObject({}) });
/** The body with these fields of its booking replaced. */
const changed = (body: string, changed: object): string =>
  JSON.stringify({ booking: { ...bodySchema.parse(JSON.parse(body)).booking, ...changed } });

describe('an address in a body', () => {
  it.each([true, false])('is never fetched, and gets no key (API access: %s)', async (apiAccess) => {
    desk.switches.apiAccess = apiAccess;
    const { uuid } = desk.fareHarbor.book({ note: `see ${stranger.url}/note` });
    const address = `${stranger.url}/api/external/v1/companies/harbor-kayaks/bookings/${uuid}/`;
    const links = ['external_api_url', 'dashboard_url', 'confirmation_url', 'uri', 'apiUrl', 'webhook_url'];
    const asked = desk.server.requests.length;
    await desk.deliver([
      changed(desk.fareHarbor.bodyOf(uuid), Object.fromEntries(links.map((name) => [name, address]))),
    ]);
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: apiAccess ? 'api' : 'webhook' });
    expect(stranger.caught).toEqual([]);
    const calls = desk.server.requests.slice(asked);
    expect(calls.map(({ path }) => path)).toEqual(
      apiAccess ? [`/api/external/v1/companies/harbor-kayaks/bookings/${uuid}/`] : [],
    );
    expect(calls.every(({ headers }) => headers['x-fareharbor-api-app'] === defaultCredentials.appKey)).toBe(true);
  });

  it.each(['../../other', 'harbor-kayaks/../umi-tours', 'harbor-kayaks?x=', '%2e%2e', '__proto__', 'constructor'])(
    'cannot be led elsewhere by a company called %s: it is quarantined, and FareHarbor is not asked',
    async (shortname) => {
      desk.switches.apiAccess = true;
      const { uuid } = desk.fareHarbor.book();
      const asked = desk.server.requests.length;
      await desk.deliver([changed(desk.fareHarbor.bodyOf(uuid), { company: { shortname } })]);
      expect(desk.server.requests).toHaveLength(asked);
      expect(await desk.record(uuid)).toBeUndefined();
      expect(await desk.quarantined()).toContainEqual(expect.objectContaining({ uuid, reason: 'unknown-company' }));
    },
  );
});

describe('an old, genuine body that somebody sends again', () => {
  async function changedTwice() {
    const { uuid } = desk.fareHarbor.book({ note: 'first' });
    const old = desk.fareHarbor.bodyOf(uuid);
    await desk.deliver([old]);
    desk.fareHarbor.edit(uuid, { note: 'second' });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    return { uuid, old };
  }

  it('changes nothing where there is API access, however often it comes', async () => {
    desk.switches.apiAccess = true;
    const { uuid, old } = await changedTwice();
    await desk.deliver([old, old]);
    await desk.deliver([old]);
    expect(await desk.record(uuid)).toMatchObject({ version: 2, source: 'api', booking: { note: 'second' } });
  });

  it('cannot undo a cancellation, or bring back a guest’s consent, where there is API access', async () => {
    desk.switches.apiAccess = true;
    const contact = { email: 'replay@guests.test', emailConsent: true };
    const { uuid } = desk.fareHarbor.book({ contact });
    const old = desk.fareHarbor.bodyOf(uuid);
    await desk.deliver([old]);
    desk.fareHarbor.edit(uuid, { contact: { ...contact, emailConsent: false } });
    desk.fareHarbor.cancel(uuid);
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    await desk.deliver([old]);
    expect((await desk.record(uuid))?.booking).toMatchObject({ status: 'cancelled', contact: { emailConsent: false } });
  });

  it('is believed where there is none: the newest receipt wins, and the record says it was not verified', async () => {
    const { uuid, old } = await changedTwice();
    await desk.deliver([old]);
    expect(await desk.record(uuid)).toMatchObject({ version: 3, source: 'webhook', booking: { note: 'first' } });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    expect(await desk.record(uuid)).toMatchObject({ version: 4, booking: { note: 'second' } });
  });

  it('is told of where there is none, each time it takes the booking back', async () => {
    const { uuid, old } = await changedTwice();
    const newest = desk.fareHarbor.bodyOf(uuid);
    expect(returned()).toBe(0);
    await desk.deliver([old, old, old]);
    expect(returned()).toBe(1);
    await desk.deliver([newest]);
    await desk.deliver([old]);
    expect(returned()).toBe(3);
    expect(desk.lines.filter(({ event }) => event === 'booking.returned').map(({ facts }) => facts.uuid)).toContain(
      uuid,
    );
  });

  it('is not seen in what is new, sent twice, or read back from FareHarbor', async () => {
    const { uuid } = await changedTwice();
    for (const note of ['third', 'fourth', 'fifth']) {
      desk.fareHarbor.edit(uuid, { note });
      await desk.deliver([desk.fareHarbor.bodyOf(uuid), desk.fareHarbor.bodyOf(uuid)]);
    }
    expect(returned()).toBe(0);
    desk.switches.apiAccess = true;
    desk.fareHarbor.edit(uuid, { note: 'first' });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    desk.fareHarbor.edit(uuid, { note: 'fifth' });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    expect((await desk.record(uuid))?.booking.note).toBe('fifth');
    expect(returned()).toBe(0);
  });

  it('is remembered by short words that tell nothing of it, twenty at most', async () => {
    const { uuid } = desk.fareHarbor.book({ contact: { name: 'Rea Told', email: 'rea@guests.test' } });
    for (let n = 0; n < 25; n += 1) {
      desk.fareHarbor.edit(uuid, { note: `note ${n}` });
      await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    }
    const states = (await desk.record(uuid))?.earlierStates ?? [];
    expect(new Set(states).size).toBe(20);
    for (const state of states) expect(state).toMatch(/^[\w-]{16}$/);
  });

  it('of a booking that was never FareHarbor’s is quarantined where there is API access', async () => {
    desk.switches.apiAccess = true;
    const { uuid } = desk.fareHarbor.book();
    const forged = '99999999-0000-4000-8000-00000000f0f0';
    await desk.deliver([changed(desk.fareHarbor.bodyOf(uuid), { uuid: forged })], { receives: 3 });
    expect(await desk.record(forged)).toBeUndefined();
    expect(await desk.quarantined()).toContainEqual(
      expect.objectContaining({ uuid: forged, reason: 'unknown-booking' }),
    );
  });
});
