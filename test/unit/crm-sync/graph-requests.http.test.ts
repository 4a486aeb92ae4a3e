import { describe, expect, it } from 'vitest';
import { MOST_GRAPHS, MOST_NODES } from '../../../functions/crm-sync/salesforce/graph.ts';
import { salesforceBulk } from '../../../functions/crm-sync/salesforce-bulk.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import type { BulkTask } from '../../../shared/sink/bulk-sink.ts';
import { allowed } from '../acts/automatic.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import type { CrmDesk } from './crm-desk.ts';
import { open } from './open-desk.ts';
import { aGuest, aRecord, someSettings } from './record-fixture.ts';

/** Guest `n` with so many bookings, each a sale of its own. */
function aTask(n: number, bookings = 1, email = `guest-${n}@harborlight-sample.test`): BulkTask {
  const guestKey = guestKeyFor(uuid(n));
  const { contact } = aBooking();
  const records = Array.from({ length: bookings }, (_, index) =>
    aRecord({ uuid: uuid(n + index * 1_000), contact: { ...contact, email, phone: null } }, { guestKey }),
  );
  return {
    guest: aGuest(records[0] ?? aRecord()),
    settings: someSettings(),
    ...allowed,
    keep: async () => {},
    bookings: records.map((record) => {
      return { record, sale: { key: record.uuid, chain: [record] } };
    }),
  };
}
const guests = (count: number, bookings?: number) =>
  Array.from({ length: count }, (_, index) => aTask(index + 1, bookings));
const always = async () => true;
const graphs = (desk: CrmDesk) => desk.server.requests.filter(({ route }) => route === 'graph').length;
const kinds = async (outcomes: ReturnType<ReturnType<typeof salesforceBulk>['bring']>) =>
  Object.fromEntries(
    Object.entries(Object.groupBy((await outcomes).values(), ({ kind }) => kind)).map(([kind, all]) => [
      kind,
      all.length,
    ]),
  );

describe('one request', () => {
  it(`takes ${MOST_GRAPHS} guests, with two look-ups at most`, async () => {
    const desk = await open();
    const tasks = guests(MOST_GRAPHS + 1);
    expect(await kinds(salesforceBulk(desk.client).bring('harbor-kayaks', tasks, always))).toEqual({
      brought: tasks.length,
    });
    expect(graphs(desk)).toBe(2);
    expect(desk.composites().length).toBeLessThanOrEqual(4);
    expect(desk.vendor.records('Opportunity')).toHaveLength(tasks.length);
  });

  it(`takes ${MOST_NODES} records, guests with many bookings go on in the next`, async () => {
    const desk = await open();
    const tasks = guests(13, 40);
    expect(await kinds(salesforceBulk(desk.client).bring('harbor-kayaks', tasks, always))).toEqual({ brought: 13 });
    expect(graphs(desk)).toBe(2);
    expect(desk.vendor.records('Opportunity')).toHaveLength(13 * 40);
  });

  it('in which 14 guests fail leaves the others untried: they come in the next one', async () => {
    const desk = await open();
    const refused = Array.from({ length: 16 }, (_, index) =>
      aTask(index + 1, 1, `${'a'.repeat(90)}${index}@long.test`),
    );
    const tasks = [...refused, aTask(17), aTask(18)];
    expect(await kinds(salesforceBulk(desk.client).bring('harbor-kayaks', tasks, always))).toEqual({
      left: 16,
      brought: 2,
    });
    expect(graphs(desk)).toBe(2);
    expect(desk.vendor.records('Contact')).toHaveLength(2);
  });

  it('is not begun once the rest of the day’s calls is needed for more: what is left waits', async () => {
    const desk = await open();
    const mayGoOn = async () => graphs(desk) === 0;
    const outcomes = salesforceBulk(desk.client).bring('harbor-kayaks', guests(MOST_GRAPHS + 1), mayGoOn);
    expect(await kinds(outcomes)).toEqual({ brought: MOST_GRAPHS, waits: 1 });
  });

  it('that the org’s limit of requests ends has its guests wait, and is not repeated at once', async () => {
    const desk = await open();
    const body = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
    desk.server.fault({ route: 'graph', status: 403, body });
    const outcomes = await salesforceBulk(desk.client).bring('harbor-kayaks', guests(MOST_GRAPHS + 5), always);
    expect(await kinds(Promise.resolve(outcomes))).toEqual({ waits: MOST_GRAPHS + 5 });
    expect(graphs(desk)).toBe(1);
  });

  it('makes no Case, whatever happened: what it takes is history', async () => {
    const desk = await open();
    const task = aTask(1);
    const cancelled = task.bookings.map(({ record, sale }) => {
      const changes = [{ version: 1, at: record.changedAt, change: { kind: 'cancelled' } as const }];
      return { sale, record: { ...record, changes } };
    });
    await salesforceBulk(desk.client).bring('harbor-kayaks', [{ ...task, bookings: cancelled }], always);
    expect(desk.vendor.records('Case')).toEqual([]);
  });
});
