import { bookPaidAndSettled, type Cast, known, won } from './cast.ts';
import type { Story } from './story.ts';

/** Bookings moved to another day by FareHarbor's rebooking: two bookings, one sale, whichever webhook comes first. */
export function rebookedStories(cast: Cast): Story[] {
  return [
    rebooked(cast, {
      id: 'rebooked-old-first',
      name: 'Kai Nakamura',
      what: 'Rebooked; the old booking’s webhook came first',
      oldFirst: true,
    }),
    rebooked(cast, {
      id: 'rebooked-new-first',
      name: 'Greta Holm',
      what: 'Rebooked; the new booking’s webhook came first',
      oldFirst: false,
    }),
  ];
}

function rebooked(cast: Cast, told: { id: string; name: string; what: string; oldFirst: boolean }): Story {
  const { id, what } = told;
  const [first, second] = [cast.uuid(id, 'first'), cast.uuid(id, 'second')];
  const guest = cast.guest(told.name);
  const tourDate = cast.day('harbor-kayaks', 22);
  return {
    id,
    title: told.oldFirst ? 'Rebooking, old webhook first' : 'Rebooking, new webhook first',
    what,
    steps: [
      ...bookPaidAndSettled(guest, { uuid: first, startAt: cast.start('harbor-kayaks', 19) }),
      {
        do: 'rebook',
        uuid: first,
        to: { uuid: second, startAt: cast.start('harbor-kayaks', 22), party: { Adult: 3 } },
      },
      { do: 'deliver', uuids: told.oldFirst ? [first] : [second] },
      { do: 'settle' },
      { do: 'deliver', uuids: told.oldFirst ? [second] : [first] },
    ],
    expect: {
      bookings: [
        {
          uuid: first,
          status: 'rebooked',
          opportunity: won({ tourDate, amountMinor: 28_215, partySize: 3, currentUuid: second }),
          cases: [],
        },
        { uuid: second, status: 'booked', opportunity: null, cases: [] },
      ],
      guests: [known(guest, [first], { nextTour: tourDate, events: { booking_created: 1, booking_changed: 1 } })],
    },
  };
}
