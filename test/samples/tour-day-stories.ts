import { bookPaidAndSettled, type Cast, known, won } from './cast.ts';
import type { Story } from './story.ts';

/** What happens when the tour's day has come. */
export function tourDayStories(cast: Cast): Story[] {
  return [checkedIn(cast), noShow(cast)];
}

function checkedIn(cast: Cast): Story {
  const id = 'checked-in';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Sanne Verhoef');
  const startAt = cast.hoursAgo('harbor-kayaks', 1);
  const tourDate = startAt.slice(0, 10);
  return {
    id,
    title: 'A check-in',
    what: 'Came to the tour and was checked in',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, startAt }),
      { do: 'check-in', uuid },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate, attendance: 'checked-in' }), cases: [] }],
      guests: [known(guest, [uuid], { stage: 'on tour', lastTour: tourDate })],
    },
  };
}

function noShow(cast: Cast): Story {
  const id = 'no-show';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Dario Conti');
  const tourDate = cast.day('harbor-kayaks', -3);
  return {
    id,
    title: 'A no-show',
    what: 'Never came to the tour three days ago',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, startAt: cast.start('harbor-kayaks', -3) }),
      { do: 'no-show', uuid },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate, attendance: 'no-show' }), cases: [] }],
      guests: [known(guest, [uuid], { stage: 'past', lastTour: tourDate })],
    },
  };
}
