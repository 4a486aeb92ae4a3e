import { describe, expect, it } from 'vitest';
import { numberChanges } from '../../../functions/enrichment/history.ts';
import { eventsFor } from '../../../functions/marketing-sync/events.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import type { Change, RecordedChange } from '../../../shared/booking/changes.ts';
import { aBooking, at, usd, uuid } from '../shared/booking-fixture.ts';
import { aRecord, NOW } from './office.ts';

function eventsOf(booking: Booking, versions: readonly (readonly Change[])[], predecessor?: Booking) {
  const changes: RecordedChange[] = [];
  for (const [index, list] of versions.entries()) {
    changes.push(...numberChanges(changes, list, { version: index + 1, at: NOW }));
  }
  return eventsFor(aRecord(booking, { version: versions.length, changes }), changes, predecessor);
}
const namesOf = (booking: Booking, versions: readonly (readonly Change[])[]) =>
  eventsOf(booking, versions).map(({ name }) => name);

const booked: Change = { kind: 'booked' };
const cancelled: Change = { kind: 'cancelled' };
const partyChanged: Change = { kind: 'party_changed', from: 2, to: 4 };
const from = at('2026-12-18T17:00:00-1000');
const moved: Change = { kind: 'rescheduled', from, to: at('2026-12-20T17:00:00-1000') };

describe('journey events', () => {
  it('tell a new booking with the facts a journey needs, all as text', () => {
    expect(eventsOf(aBooking(), [[booked, { kind: 'paid', amount: usd(20_000) }]])).toEqual([
      {
        name: 'booking_created',
        properties: {
          event_key: `${uuid(1)}:1:booked`,
          booking: '#101',
          company: 'Harbor Kayaks',
          tour: 'Sunset Kayak',
          tour_id: '11',
          tour_date: '2026-12-20',
          tour_time: '17:00',
          tour_start: '2026-12-21T03:00:00.000Z',
          party_size: '2',
          total: '200.00',
          currency: 'USD',
        },
      },
    ]);
  });

  it('tell several changes of one version once, and what they were', () => {
    const [event, ...more] = eventsOf(aBooking(), [[], [moved, partyChanged, { kind: 'note_changed' }]]);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      name: 'booking_changed',
      properties: {
        event_key: `${uuid(1)}:1:rescheduled`,
        changed: 'rescheduled,party_changed',
        tour_date_before: '2026-12-18',
      },
    });
  });

  it('tell each version’s change, oldest first', () => {
    const events = eventsOf(aBooking(), [[booked], [partyChanged], [{ kind: 'party_changed', from: 4, to: 2 }]]);
    expect(events.map(({ properties }) => properties.event_key.slice(37))).toEqual([
      '1:booked',
      '1:party_changed',
      '2:party_changed',
    ]);
  });

  it('tell a cancellation with what was refunded', () => {
    const gone = aBooking({ status: 'cancelled', displayId: null });
    const [event] = eventsOf(gone, [[cancelled]]);
    expect(event).toMatchObject({
      name: 'booking_cancelled',
      properties: { booking: uuid(1), total: '200.00', refunded: 'USD 0.00' },
    });
  });

  it('say nothing that is no longer true', () => {
    const gone = aBooking({ status: 'cancelled' });
    expect(namesOf(gone, [[booked], [partyChanged], [cancelled]])).toEqual(['booking_cancelled']);
    expect(namesOf(aBooking(), [[booked], [cancelled], [{ kind: 'reinstated' }]])).toEqual([
      'booking_created',
      'booking_changed',
    ]);
  });

  it('make of a rebooking one change of the new half and nothing of the old', () => {
    const away = aBooking({ status: 'rebooked', rebookedTo: uuid(2) });
    expect(eventsOf(away, [[booked], [{ kind: 'rebooked_away', to: uuid(2) }]])).toEqual([]);
    const next = aBooking({ uuid: uuid(2), rebookedFrom: uuid(1) });
    const before = aBooking({ availability: { ...away.availability, startAt: from } });
    const events = eventsOf(next, [[{ kind: 'rebooked_from', from: uuid(1) }]], before);
    expect(events).toMatchObject([
      { name: 'booking_changed', properties: { changed: 'rebooked', tour_date_before: '2026-12-18' } },
    ]);
  });

  it.each<Change>([
    { kind: 'paid', amount: usd(1) },
    { kind: 'refunded', amount: usd(1) },
    { kind: 'contact_changed', fields: ['email'] },
    { kind: 'consent_withdrawn' },
    { kind: 'answers_changed' },
    { kind: 'note_changed' },
    { kind: 'checked_in', customerPk: 1 },
    { kind: 'no_show', customerPk: 1 },
    { kind: 'details_changed', fields: ['agent'] },
    { kind: 'complaint_raised' },
    { kind: 'accessibility_requested' },
  ])('are silent about $kind', (change) => {
    expect(namesOf(aBooking(), [[change]])).toEqual([]);
  });

  it('carry neither what the guest typed nor who the guest is', () => {
    const typed = aBooking({ note: 'call me *|X|*', agent: 'Agnes', item: { pk: 1, name: '*|HTML:|*Kayak' } });
    const text = JSON.stringify(eventsOf(typed, [[booked]]));
    for (const secret of ['call me', 'Agnes', 'Noa', 'kealoha', '0101', '*|']) expect(text).not.toContain(secret);
    expect(text).toContain('"Kayak"');
  });
});
