import { book, bookPaidAndSettled, Cast, known, type Setting, won } from '../samples/cast.ts';
import { sampleStories } from '../samples/stories.ts';
import type { Step, Story } from '../samples/story.ts';
import { type FaultStory, troubleStories } from './trouble.ts';

/** The sample stories that are told again and again while processes die. */
const FROM_SAMPLES = [
  'new-booking',
  'two-at-once',
  'edit',
  'edit-and-back',
  'cancelled',
  'reinstated',
  'rebooked-old-first',
  'rebooked-new-first',
  'address-corrected',
  'consent-withdrawn',
];

/**
 * Stories in which the pace decides things that nobody minds: which of two bookings made the guest, or how many of the
 * states in between were seen.
 */
export const PACED: ReadonlySet<string> = new Set([
  'two-at-once',
  'edit-and-back',
  'there-and-back-at-once',
  'several-at-once',
]);

/** All stories that are told with crashes, in the order of the table. */
export function faultStories(setting: Setting): readonly FaultStory[] {
  const samples = sampleStories(setting);
  const cast = new Cast(setting);
  return [
    ...FROM_SAMPLES.map((id) => {
      const found = samples.find((story) => story.id === id);
      if (found === undefined) throw new Error(`no sample story is called ${id}`);
      return found;
    }),
    thereAndBack(cast, { id: 'there-and-back', name: 'Ines Calder', settle: true }),
    thereAndBack(cast, { id: 'there-and-back-at-once', name: 'Otto Marsh', settle: false }),
    accessible(cast),
    movedToAnother(cast),
    ...troubleStories(cast),
  ];
}

/**
 * A → B → A at a company without API access: each webhook's body is believed, so none may be lost or swapped. Told
 * with all of B arrived everywhere before A comes back, and with both as fast as they can be sent.
 */
function thereAndBack(cast: Cast, told: { id: string; name: string; settle: boolean }): Story {
  const { id } = told;
  const company = 'bateau-mouette';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest(told.name);
  const tourDate = cast.day(company, 12);
  const change = (adults: number): Step[] => [
    { do: 'edit', uuid, edit: { party: { Adult: adults } } },
    { do: 'deliver', uuids: [uuid] },
  ];
  return {
    id,
    title: told.settle ? 'A → B → A, by bodies alone' : 'A → B → A at once, by bodies alone',
    what: 'Party of two made three, and two again; no API access',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, company, startAt: cast.start(company, 12) }),
      ...change(3),
      ...(told.settle ? [{ do: 'settle' } as const] : []),
      ...change(2),
    ],
    expect: {
      bookings: [
        { uuid, status: 'booked', opportunity: won({ tourDate, currency: 'EUR', amountMinor: 9_900 }), cases: [] },
      ],
      guests: [
        known(guest, [uuid], {
          nextTour: tourDate,
          activities: ['Croisière au coucher du soleil'],
          // At once, both may be found in one batch after a crash: then the booking is as it was, and nothing is told.
          events: { booking_created: 1, booking_changed: told.settle ? 2 : [0, 2] },
        }),
      ],
    },
  };
}

/** A note that the model reads, and that asks for something a person has to see to. */
function accessible(cast: Cast): Story {
  const id = 'accessibility';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Lena Brandt');
  const tourDate = cast.day('harbor-kayaks', 11);
  return {
    id,
    title: 'A new booking with a note',
    what: 'The note says that a wheelchair user comes along',
    steps: [
      book(guest, { uuid, startAt: cast.start('harbor-kayaks', 11), note: 'One of us uses a wheelchair' }),
      { do: 'pay', uuid },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate }), cases: ['accessibility'] }],
      guests: [known(guest, [uuid], { nextTour: tourDate })],
    },
  };
}

/** One of a guest's two bookings gets the address of another guest: both guests look different afterwards. */
function movedToAnother(cast: Cast): Story {
  const id = 'moved-to-another-guest';
  const [kept, moved, theirs] = [cast.uuid(id, 'kept'), cast.uuid(id, 'moved'), cast.uuid(id, 'theirs')];
  const [giver, taker] = [cast.guest('Nils Fenwick'), cast.guest('Paula Stroud')];
  const day = (days: number): string => cast.day('harbor-kayaks', days);
  const startAt = (days: number): string => cast.start('harbor-kayaks', days);
  return {
    id,
    title: 'A booking goes to another guest',
    what: 'One of two bookings was made for a friend: it gets their address',
    steps: [
      ...bookPaidAndSettled(giver, { uuid: kept, startAt: startAt(20) }),
      ...bookPaidAndSettled(taker, { uuid: theirs, startAt: startAt(25) }),
      ...bookPaidAndSettled(giver, { uuid: moved, startAt: startAt(8), item: 11_002 }),
      { do: 'edit', uuid: moved, edit: { contact: taker.contact } },
      { do: 'deliver', uuids: [moved] },
    ],
    expect: {
      bookings: [
        { uuid: kept, status: 'booked', opportunity: won({ tourDate: day(20) }), cases: [] },
        { uuid: theirs, status: 'booked', opportunity: won({ tourDate: day(25) }), cases: [] },
        { uuid: moved, status: 'booked', opportunity: won({ tourDate: day(8), amountMinor: 26_125 }), cases: [] },
      ],
      guests: [
        known(giver, [kept], { nextTour: day(20), events: { booking_created: 2 } }),
        known(taker, [theirs, moved], {
          nextTour: day(8),
          activities: ['Sunrise Kayak Tour', 'Turtle Snorkelling'],
          events: { booking_created: 1 },
        }),
      ],
    },
  };
}
