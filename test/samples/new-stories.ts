import { book, bookPaidAndSettled, type Cast, known, won } from './cast.ts';
import type { Story } from './story.ts';

const longNote = [
  'Northwind Labs team day, 24 people, invoice to our office please.',
  'Three vegetarians, one coeliac (strictly gluten free) and one colleague with a severe peanut allergy.',
  'One of us uses a wheelchair and needs a step-free way to the dock and help to get into a kayak.',
  'We would like one guide who speaks German, a group photo before the start, and lunch for everybody afterwards.',
  'Our bus arrives at half past eight. If the weather is bad we would rather move the day than shorten the tour.',
].join('\n');

/** Bookings that are made and then left alone. */
export function newStories(cast: Cast, prefix: string): Story[] {
  return [
    newBooking(cast),
    duplicate(cast),
    affiliate(cast),
    corporate(cast, prefix),
    yen(cast),
    noEmail(cast),
    noConsent(cast),
    twoAtOnce(cast),
    scripts(cast),
    unknownFields(cast),
  ];
}

function newBooking(cast: Cast): Story {
  const id = 'new-booking';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Mara Keahi');
  const tourDate = cast.day('harbor-kayaks', 9);
  return {
    id,
    title: 'A new booking',
    what: 'Booked and paid',
    steps: bookPaidAndSettled(guest, { uuid, startAt: cast.start('harbor-kayaks', 9) }),
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      guests: [known(guest, [uuid], { nextTour: tourDate })],
    },
  };
}

function duplicate(cast: Cast): Story {
  const id = 'duplicate';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Jules Fontaine');
  const company = 'bateau-mouette';
  const tourDate = cast.day(company, 5);
  const deliver = { do: 'deliver', uuids: [uuid], bodyType: 'optimized' } as const;
  return {
    id,
    title: 'An exact duplicate',
    what: 'Booked; the same webhook came three times',
    steps: [
      book(guest, { uuid, company, startAt: cast.start(company, 5) }),
      { do: 'pay', uuid, type: 'ideal' },
      deliver,
      deliver,
      { do: 'settle' },
      deliver,
    ],
    expect: {
      bookings: [
        { uuid, status: 'booked', opportunity: won({ tourDate, amountMinor: 9900, currency: 'EUR' }), cases: [] },
      ],
      guests: [known(guest, [uuid], { nextTour: tourDate, activities: ['Croisière au coucher du soleil'] })],
    },
  };
}

function affiliate(cast: Cast): Story {
  const id = 'affiliate';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Ottilie Brandt');
  const company = 'bateau-mouette';
  const tourDate = cast.day(company, 12);
  return {
    id,
    title: 'An affiliate who collects',
    what: 'Booked by a hotel that collects and is invoiced',
    steps: [
      book(guest, {
        uuid,
        company,
        startAt: cast.start(company, 12),
        party: { Adult: 3 },
        affiliate: { shortname: 'grand-hotel-quai', name: 'Grand Hôtel du Quai', currency: 'eur' },
        price: { subtotal: 0, taxes: 0, total: 0, invoice: 13_500 },
        voucher: 'GHQ-2207',
      }),
      { do: 'deliver', uuids: [uuid], bodyType: 'full' },
    ],
    expect: {
      bookings: [
        {
          uuid,
          status: 'booked',
          opportunity: won({ tourDate, amountMinor: 13_500, currency: 'EUR', partySize: 3 }),
          cases: [],
        },
      ],
      guests: [known(guest, [uuid], { nextTour: tourDate, activities: ['Croisière au coucher du soleil'] })],
    },
  };
}

function corporate(cast: Cast, prefix: string): Story {
  const id = 'corporate';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Henrike Solberg', { domain: `northwind-labs.${prefix}.test` });
  const tourDate = cast.day('harbor-kayaks', 40);
  return {
    id,
    title: 'A corporate group with a long note',
    what: 'Company outing of 24 with a long note, not yet paid',
    steps: [
      book(guest, {
        uuid,
        startAt: cast.start('harbor-kayaks', 40),
        party: { Adult: 24 },
        note: longNote,
        answers: {
          'Dietary requirements': '3 vegetarian, 1 gluten free, 1 peanut allergy',
          'Do you need wheelchair access?': 'Yes',
        },
        agent: 'Sol Rivers',
      }),
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [
        {
          uuid,
          status: 'booked',
          opportunity: won({ tourDate, stage: 'pending', amountMinor: 225_720, partySize: 24 }),
          cases: ['accessibility'],
        },
      ],
      guests: [known(guest, [uuid], { nextTour: tourDate, segment: 'corporate-group' })],
    },
  };
}

function yen(cast: Cast): Story {
  const id = 'yen';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Aoi Minase');
  const company = 'umi-tours';
  const tourDate = cast.day(company, 21);
  return {
    id,
    title: 'Yen, which has no decimals',
    what: 'Booked in yen, with a child',
    steps: bookPaidAndSettled(guest, {
      uuid,
      company,
      startAt: cast.start(company, 21),
      party: { Adult: 2, Child: 1 },
    }),
    expect: {
      bookings: [
        {
          uuid,
          status: 'booked',
          opportunity: won({ tourDate, amountMinor: 43_340, currency: 'JPY', partySize: 3 }),
          cases: [],
        },
      ],
      guests: [known(guest, [uuid], { nextTour: tourDate, activities: ['Island Snorkelling Day'] })],
    },
  };
}

function noEmail(cast: Cast): Story {
  const id = 'no-email';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Walt Ingram', { email: null, consent: false });
  const tourDate = cast.day('harbor-kayaks', 2);
  return {
    id,
    title: 'A guest without e-mail',
    what: 'Walked in and paid cash, left only a phone number',
    steps: [
      book(guest, { uuid, startAt: cast.start('harbor-kayaks', 2), desk: 'Pier 3' }),
      { do: 'pay', uuid, type: 'in-store' },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      guests: [known(guest, [uuid], null)],
    },
  };
}

function noConsent(cast: Cast): Story {
  const id = 'no-consent';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Petra Lind', { consent: false });
  const tourDate = cast.day('harbor-kayaks', 15);
  return {
    id,
    title: 'A guest who did not agree to e-mail',
    what: 'Booked and paid, without consent to marketing',
    steps: bookPaidAndSettled(guest, { uuid, startAt: cast.start('harbor-kayaks', 15) }),
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      guests: [known(guest, [uuid], { status: 'transactional', nextTour: tourDate, events: {} })],
    },
  };
}

function twoAtOnce(cast: Cast): Story {
  const id = 'two-at-once';
  const [first, second] = [cast.uuid(id, 'first'), cast.uuid(id, 'second')];
  const guest = cast.guest('Ravi Castellan');
  const [sooner, later] = [cast.day('harbor-kayaks', 6), cast.day('harbor-kayaks', 7)];
  return {
    id,
    title: 'Two bookings of one guest at once',
    what: 'Two tours booked in the same moment',
    steps: [
      book(guest, { uuid: first, startAt: cast.start('harbor-kayaks', 7) }),
      book(guest, { uuid: second, startAt: cast.start('harbor-kayaks', 6), item: 11_002 }),
      { do: 'pay', uuid: first },
      { do: 'pay', uuid: second },
      { do: 'deliver', uuids: [first, second], atOnce: true },
    ],
    expect: {
      bookings: [
        { uuid: first, status: 'booked', opportunity: won({ tourDate: later }), cases: [] },
        { uuid: second, status: 'booked', opportunity: won({ tourDate: sooner, amountMinor: 26_125 }), cases: [] },
      ],
      guests: [
        known(guest, [first, second], {
          nextTour: sooner,
          activities: ['Sunrise Kayak Tour', 'Turtle Snorkelling'],
          events: { booking_created: 2 },
        }),
      ],
    },
  };
}

function scripts(cast: Cast): Story {
  const id = 'scripts';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('ليلى 🌊 حدّاد', { mailbox: 'layla.haddad' });
  const company = 'bateau-mouette';
  const tourDate = cast.day(company, 8);
  return {
    id,
    title: 'A name with an emoji and in right-to-left script',
    what: 'Booked under a name in Arabic with a wave in it',
    steps: bookPaidAndSettled(guest, {
      uuid,
      company,
      startAt: cast.start(company, 8),
      note: 'שלום 👨‍👩‍👧 – à bientôt',
    }),
    expect: {
      bookings: [
        { uuid, status: 'booked', opportunity: won({ tourDate, amountMinor: 9900, currency: 'EUR' }), cases: [] },
      ],
      guests: [known(guest, [uuid], { nextTour: tourDate, activities: ['Croisière au coucher du soleil'] })],
    },
  };
}

function unknownFields(cast: Cast): Story {
  const id = 'unknown-fields';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Ines Varga');
  const tourDate = cast.day('harbor-kayaks', 11);
  return {
    id,
    title: 'A body with fields we have never seen',
    what: 'Booked; the body holds unknown fields and "null" as text',
    steps: bookPaidAndSettled(guest, {
      uuid,
      startAt: cast.start('harbor-kayaks', 11),
      answers: { Lunch: 'Vegetarian' },
      deviations: ['unknown-fields', 'crew-and-resources', 'item-location', 'null-strings', 'answer-discount'],
    }),
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: [] }],
      guests: [known(guest, [uuid], { nextTour: tourDate })],
    },
  };
}
