import { book, bookPaidAndSettled, type Cast, known, won } from './cast.ts';
import type { Step, Story } from './story.ts';

/** Bookings that change after they were made. */
export function changedStories(cast: Cast): Story[] {
  return [
    edit(cast),
    editAndBack(cast),
    reminder(cast),
    paidLater(cast),
    consentWithdrawn(cast),
    corrected(cast),
    cancelled(cast),
    reinstated(cast),
  ];
}

function edit(cast: Cast): Story {
  const id = 'edit';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Oskar Hale');
  const tourDate = cast.day('harbor-kayaks', 18);
  return {
    id,
    title: 'An edit',
    what: 'Booked for two, then for four on another day',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, item: 11_002, startAt: cast.start('harbor-kayaks', 17) }),
      { do: 'edit', uuid, edit: { party: { Adult: 4 }, startAt: cast.start('harbor-kayaks', 18) } },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [
        { uuid, status: 'booked', opportunity: won({ tourDate, amountMinor: 52_250, partySize: 4 }), cases: [] },
      ],
      guests: [
        known(guest, [uuid], {
          nextTour: tourDate,
          activities: ['Turtle Snorkelling'],
          events: { booking_created: 1, booking_changed: 1 },
        }),
      ],
    },
  };
}

function editAndBack(cast: Cast): Story {
  const id = 'edit-and-back';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Leila Grove');
  const tourDate = cast.day('harbor-kayaks', 10);
  const change = (edit: Extract<Step, { do: 'edit' }>['edit']): Step[] => [
    { do: 'edit', uuid, edit },
    { do: 'deliver', uuids: [uuid] },
  ];
  return {
    id,
    title: 'An edit that is taken back within a second',
    what: 'Booked, note and party edited, edited back at once',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, startAt: cast.start('harbor-kayaks', 10), note: 'Two seats together' }),
      ...change({ note: 'Three seats together', party: { Adult: 3 } }),
      ...change({ note: 'Two seats together', party: { Adult: 2 } }),
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      // Read from FareHarbor at the end, the booking may never have looked changed.
      guests: [known(guest, [uuid], { nextTour: tourDate, events: { booking_created: 1, booking_changed: [0, 2] } })],
    },
  };
}

function reminder(cast: Cast): Story {
  const id = 'reminder';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Tomás Dorn', { mailbox: 'tomas.dorn' });
  const tourDate = cast.day('harbor-kayaks', 3);
  return {
    id,
    title: 'A webhook about nothing that matters',
    what: 'Booked; FareHarbor sent a reminder by SMS',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, startAt: cast.start('harbor-kayaks', 3), deviations: ['unknown-fields'] }),
      { do: 'remind', uuid },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      guests: [known(guest, [uuid], { nextTour: tourDate })],
    },
  };
}

function paidLater(cast: Cast): Story {
  const id = 'paid-later';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Ruth Albright');
  const tourDate = cast.day('harbor-kayaks', 25);
  return {
    id,
    title: 'A deposit paid later',
    what: 'Booked without paying, deposit paid afterwards',
    steps: [
      book(guest, { uuid, startAt: cast.start('harbor-kayaks', 25) }),
      { do: 'deliver', uuids: [uuid] },
      { do: 'settle' },
      { do: 'pay', uuid, amount: 5000 },
      { do: 'deliver', uuids: [uuid], bodyType: 'optimized-with-payments' },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      guests: [known(guest, [uuid], { nextTour: tourDate, events: { booking_created: 1 } })],
    },
  };
}

function consentWithdrawn(cast: Cast): Story {
  const id = 'consent-withdrawn';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Emil Joyce');
  const tourDate = cast.day('harbor-kayaks', 13);
  return {
    id,
    title: 'Consent taken back',
    what: 'Booked with consent to marketing, then took it back',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, startAt: cast.start('harbor-kayaks', 13) }),
      { do: 'edit', uuid, edit: { contact: { emailConsent: false } } },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      guests: [
        known(guest, [uuid], {
          status: 'unsubscribed',
          nextTour: tourDate,
          events: { booking_created: 1 },
        }),
      ],
    },
  };
}

function corrected(cast: Cast): Story {
  const id = 'address-corrected';
  const uuid = cast.uuid(id, 'first');
  const mistyped = cast.guest('Noa Eklund', { mailbox: 'noa.ekulnd' });
  const email = mistyped.email?.replace('ekulnd', 'eklund') ?? '';
  const tourDate = cast.day('harbor-kayaks', 16);
  return {
    id,
    title: 'An e-mail address corrected',
    what: 'Booked with a mistyped address, corrected afterwards',
    steps: [
      ...bookPaidAndSettled(mistyped, { uuid, startAt: cast.start('harbor-kayaks', 16) }),
      { do: 'edit', uuid, edit: { contact: { email } } },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      guests: [
        known({ ...mistyped, email }, [uuid], {
          nextTour: tourDate,
          events: { booking_created: 1 },
        }),
        { ...known(mistyped, [], null), contacts: 0 },
      ],
    },
  };
}

function cancelled(cast: Cast): Story {
  const id = 'cancelled';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Priya Iversen');
  const tourDate = cast.day('harbor-kayaks', 30);
  return {
    id,
    title: 'A cancellation with refund',
    what: 'Booked and paid, refunded and cancelled',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, startAt: cast.start('harbor-kayaks', 30) }),
      { do: 'refund', uuid },
      { do: 'cancel', uuid },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [
        {
          uuid,
          status: 'cancelled',
          opportunity: won({ tourDate, stage: 'lost' }),
          cases: ['cancellation', 'refund'],
        },
      ],
      guests: [
        known(guest, [uuid], {
          stage: 'cancelled',
          activities: [],
          events: { booking_created: 1, booking_cancelled: 1 },
        }),
      ],
    },
  };
}

function reinstated(cast: Cast): Story {
  const id = 'reinstated';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Hugo Berg');
  const tourDate = cast.day('harbor-kayaks', 14);
  return {
    id,
    title: 'A cancellation taken back',
    what: 'Cancelled by mistake, then restored',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, startAt: cast.start('harbor-kayaks', 14) }),
      { do: 'cancel', uuid },
      { do: 'deliver', uuids: [uuid] },
      { do: 'settle' },
      { do: 'reinstate', uuid },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: ['cancellation'] }],
      guests: [
        known(guest, [uuid], {
          nextTour: tourDate,
          events: { booking_created: 1, booking_cancelled: 1, booking_changed: 1 },
        }),
      ],
    },
  };
}
