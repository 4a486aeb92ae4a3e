import fc from 'fast-check';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { type CatalogueEntry, catalogueEntrySchema } from '../../../../shared/settings/settings.ts';
import { aBooking, at, usd, uuid } from '../../shared/booking-fixture.ts';
import { NOW, people, privateGuest } from './understanding-fixture.ts';

/** Names that tours, add-ons and catalogue entries share, so that they meet. */
const NAMES = ['Reef snorkel', 'Sunset kayak', 'Team regatta', 'Whale watch', 'Photo pack'];
const PKS = [11, 12, 13, 14];
const DAY = 86_400_000;

/** A time of a tour around the tests' present, in Honolulu. */
const anyStart = fc
  .integer({ min: -900, max: 400 })
  .map((days) => at(new Date(NOW.getTime() + days * DAY).toISOString()))
  .map((time) => ({ ...time, offsetMinutes: -600 }));

const anyParty = fc.record({ adults: fc.integer({ min: 1, max: 30 }), children: fc.nat(3), missed: fc.boolean() });

/** One booking of a guest: any state, tour, party and price that FareHarbor may tell. */
export const anyBooking: fc.Arbitrary<Booking> = fc
  .record({
    n: fc.integer({ min: 1, max: 9_999 }),
    status: fc.constantFrom('booked', 'booked', 'booked', 'cancelled', 'rebooked'),
    startAt: fc.option(anyStart, { freq: 9 }),
    party: anyParty,
    item: fc.record({ pk: fc.option(fc.constantFrom(...PKS)), name: fc.constantFrom(...NAMES) }),
    total: fc.nat(800_000),
    corporate: fc.boolean(),
    affiliate: fc.boolean(),
    addOn: fc.option(fc.constantFrom(...NAMES)),
  })
  .map(({ n, status, startAt, party, item, total, corporate, affiliate, addOn }) => {
    const customers = [...people(party.adults), ...people(party.children, 'Child')];
    return aBooking({
      uuid: uuid(n),
      status,
      item,
      customers: party.missed ? customers.map((customer) => ({ ...customer, checkin: 'no-show' as const })) : customers,
      partySize: customers.length,
      contact: corporate ? { ...privateGuest, email: 'events@acme-robotics.test' } : privateGuest,
      affiliate: affiliate ? { shortname: 'desk', name: 'Beach desk' } : null,
      availability: { pk: n, startAt, endAt: null, headline: null },
      price: { ...aBooking().price, total: usd(total) },
      answers:
        addOn === null ? [] : [{ question: addOn, type: 'yes-no', value: 'Yes', customerPk: null, cost: usd(500) }],
    });
  });

/** A booking and the same guest's others. */
export const anyHistory = fc
  .uniqueArray(anyBooking, { selector: (booking) => booking.uuid, minLength: 1, maxLength: 6 })
  .map(([booking = aBooking(), ...others]) => ({ booking, others }));

const anyDay = fc.integer({ min: -30, max: 400 }).map((days) => new Date(NOW.getTime() + days * DAY));
const dayOf = (date: Date) => date.toISOString().slice(0, 10);

const anyEntry: fc.Arbitrary<CatalogueEntry> = fc
  .record({
    id: fc.stringMatching(/^[a-z]{1,6}$/),
    name: fc.constantFrom(...NAMES, 'Night paddle', 'Harbor walk'),
    itemPk: fc.option(fc.constantFrom(...PKS, 91, 92)),
    interests: fc.subarray(['kayak', 'snorkel', 'couples', 'family', 'corporate', 'group']),
    minPartySize: fc.integer({ min: 1, max: 6 }),
    maxPartySize: fc.integer({ min: 1, max: 40 }),
    months: fc.subarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    weekdays: fc.subarray([1, 2, 3, 4, 5, 6, 7]),
    closed: fc.array(
      fc.record({ from: anyDay, days: fc.nat(60) }).map(({ from, days }) => ({
        from: dayOf(from),
        to: dayOf(new Date(from.getTime() + days * DAY)),
      })),
      { maxLength: 3 },
    ),
    category: fc.option(fc.constantFrom('water', 'land')),
  })
  .map((entry) => catalogueEntrySchema.parse(entry));

/** What an operator sells: any dates, sizes and kinds, each id once. */
export const anyCatalogue = fc.uniqueArray(anyEntry, { selector: ({ id }) => id, maxLength: 8 });
