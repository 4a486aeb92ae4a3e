import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tagChanges, tagsOf } from '../../../functions/marketing-sync/tags.ts';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { profileOf } from '../../../shared/guest/profile.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import { aBooking, at, uuid } from '../shared/booking-fixture.ts';
import { aRecord } from './office.ts';

type Booking = ReturnType<typeof aBooking>;

function tagsAt(instant: string, ...bookings: [Booking, ...Booking[]]): string[] {
  const summaries = bookings.map((booking) => summarise(booking, instant));
  const profile = profileOf(totalsOf(summaries, instant), instant);
  const { segment } = aRecord(bookings[0]).understanding;
  return tagsOf({ profile }, { bookings, segment }, new Date(instant));
}
const stageAt = (instant: string, ...bookings: [Booking, ...Booking[]]) =>
  tagsAt(instant, ...bookings).filter((tag) => tag.startsWith('stage:'));

/** Starts at 17:00 and ends at 19:00 in Honolulu: 03:00 to 05:00 of the next day in UTC. */
const tour = aBooking();
const cancelled = aBooking({ uuid: uuid(2), status: 'cancelled' });

describe('tags', () => {
  it('name activities, segment and stage', () => {
    expect(tagsAt('2026-12-01T00:00:00.000Z', tour)).toEqual([
      'activity:Sunset Kayak',
      'segment:new',
      'stage:upcoming',
    ]);
  });

  it.each([
    ['2026-12-21T02:59:59.000Z', 'stage:upcoming'],
    ['2026-12-21T03:00:00.000Z', 'stage:on tour'],
    ['2026-12-21T04:59:59.000Z', 'stage:on tour'],
    ['2026-12-21T05:00:00.000Z', 'stage:past'],
  ])('at %s the stage is %s', (instant, stage) => {
    expect(stageAt(instant, tour)).toEqual([stage]);
    expect(stageAt(instant, tour, cancelled)).toEqual([stage]);
  });

  it('let a tour without an end last its day on the operator’s calendar', () => {
    const open = aBooking({ availability: { ...tour.availability, endAt: null } });
    expect(stageAt('2026-12-21T09:59:00.000Z', open)).toEqual(['stage:on tour']);
    expect(stageAt('2026-12-21T10:00:00.000Z', open)).toEqual(['stage:past']);
  });

  it('say cancelled only when nothing stands', () => {
    expect(tagsAt('2026-12-01T00:00:00.000Z', cancelled)).toEqual(['segment:new', 'stage:cancelled']);
    expect(stageAt('2026-12-21T04:00:00.000Z', cancelled)).toEqual(['stage:cancelled']);
    const away = aBooking({ status: 'rebooked' });
    expect(stageAt('2026-12-01T00:00:00.000Z', away)).toEqual([]);
  });

  it('keep a tag’s name within 100 bytes and free of merge syntax', () => {
    const long = aBooking({ item: { pk: 1, name: `*|X|*${'é'.repeat(80)}` } });
    const [activity = ''] = tagsAt('2026-12-01T00:00:00.000Z', long);
    expect(activity).toBe(`activity:${'é'.repeat(45)}`);
    const nameless = aBooking({ item: { pk: 1, name: ' ' } });
    expect(tagsAt('2026-12-01T00:00:00.000Z', nameless)).toEqual(['segment:new', 'stage:upcoming']);
    expect(at('2026-12-20T17:00:00-1000')).toEqual(tour.availability.startAt);
  });
});

describe('tag changes', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'));

  it('lead from what we wrote to what holds, touching nobody else’s', () => {
    fc.assert(
      fc.property(names, names, names, fc.boolean(), (written, wanted, foreign, isCertain) => {
        const theirs = foreign.map((name) => `their ${name}`);
        const there = new Set([...(isCertain ? written : []), ...theirs]);
        const changes = tagChanges(written, wanted, isCertain);
        for (const { name, status } of changes) {
          if (status === 'active') there.add(name);
          else there.delete(name);
        }
        expect([...there].sort()).toEqual([...wanted, ...theirs].sort());
        if (isCertain && written.toSorted().join() === wanted.toSorted().join()) expect(changes).toEqual([]);
      }),
    );
  });
});
