import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportedRows, readHistory } from '../../../infra/evaluate/export-history.ts';
import { earlierOf } from '../../../shared/risk/booking-facts.ts';
import { riskOf } from '../../../shared/risk/risk.ts';
import { type Desk, email, openDesk } from '../enrichment/desk.ts';

const DAY_MS = 86_400_000;
const dayFromNow = (days: number) => `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)}T09:00:00-1000`;

describe('bookings as enrichment writes them', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());

  const tell = (uuid: string) => desk.deliver([desk.fareHarbor.bodyOf(uuid)]);

  it('are exported with the facts that their risk in the profile was computed from', async () => {
    const contact = email('Ines Prado');
    const used = desk.fareHarbor.book({ contact, startAt: dayFromNow(-30) });
    const lost = desk.fareHarbor.book({ contact, startAt: dayFromNow(-20) });
    await tell(used.uuid);
    await tell(lost.uuid);
    desk.fareHarbor.cancel(lost.uuid);
    await tell(lost.uuid);
    const affiliate = { shortname: 'lobby-desk', name: 'Lobby Desk', currency: 'usd' };
    const party = { Adult: 2, Child: 1 };
    const { uuid } = desk.fareHarbor.book({ contact, affiliate, agent: 'Lani', party, startAt: dayFromNow(40) });
    await tell(uuid);

    const history = (await readHistory(desk.dynamo, 'bookings', 'harbor-kayaks')).get('harbor-kayaks') ?? [];
    const booking = history.find((one) => one.uuid === uuid);
    if (booking === undefined) throw new TypeError('the booking must be in the table');
    const learnt = riskOf({ ...booking.facts, ...earlierOf(history, booking.bookedAt) });
    // The level is the operator's and no reason: reasons and their odds must be the same.
    const said = learnt.cancellation.reasons.map(({ text, oddsFactor }) => `${text} (odds ×${oddsFactor})`);
    expect((await desk.record(uuid))?.understanding.risk?.cancellation.reasons).toEqual(said);
    expect(said.join()).toMatch(
      /1 earlier cancellation.*sold at an affiliate's desk|sold at an affiliate's desk.*1 earlier/,
    );

    const { rows } = exportedRows(history, new Date(Date.now() + 60 * DAY_MS).toISOString());
    expect(rows.find(({ affiliate_desk }) => affiliate_desk === '1')).toMatchObject({
      party_size: '3',
      children: '1',
      earlier_bookings: '1',
      earlier_cancellations: '1',
      affiliate: '1',
      outcome: 'came',
    });
  });
});
