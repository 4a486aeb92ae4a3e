import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featuresOf } from '../../../../functions/enrichment/understanding/features.ts';
import { interestsOf } from '../../../../functions/enrichment/understanding/interests.ts';
import { recommend } from '../../../../functions/enrichment/understanding/upsell.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { catalogueEntrySchema } from '../../../../shared/settings/settings.ts';
import { aBooking, at, usd, uuid } from '../../shared/booking-fixture.ts';
import { answered, BOOKED_AT, historyOf, NOW, people, settingsWith } from './understanding-fixture.ts';

const { catalogue, upsell } = settingsWith();

function choose(booking: Booking, options: { others?: Booking[]; catalogue?: typeof catalogue } = {}) {
  const profile = historyOf([booking, ...(options.others ?? [])]);
  const from = options.catalogue ?? catalogue;
  return recommend(
    { catalogue: from, upsell },
    {
      booking,
      profile,
      features: featuresOf(booking, profile, BOOKED_AT),
      interests: interestsOf(booking, profile, from),
      now: NOW,
    },
  )?.id;
}

describe('interestsOf', () => {
  it('reads the names of tours taken, most taken first, and what the catalogue says of them', () => {
    const reef = aBooking({ uuid: uuid(2), item: { pk: 99, name: 'Reef Snorkelling' } });
    const booking = aBooking({ item: { pk: 33, name: 'Regatta day' } });
    expect(interestsOf(booking, historyOf([booking, reef]), catalogue)).toEqual(['snorkel', 'corporate']);
  });

  it('finds an interest only where a word begins so', () => {
    const booking = aBooking({ item: { pk: null, name: 'Steam train' } });
    const entry = catalogueEntrySchema.parse({ id: 'a', name: 'A', interests: ['team', 'train'] });
    expect(interestsOf(booking, historyOf([booking]), [entry])).toEqual(['train']);
  });

  it('reads Japanese and accented names', () => {
    const booking = aBooking({ item: { pk: null, name: '夕日のカヤック' } });
    expect(interestsOf(booking, historyOf([booking]), [])).toEqual(['kayak', 'sunset']);
  });
});

describe('recommend', () => {
  it('takes what fits the interests and the party', () => {
    expect(choose(aBooking())).toBe('sunset-paddle');
    expect(choose(aBooking({ item: { pk: 1, name: 'Reef snorkel' }, partySize: 4, customers: people(4) }))).toBe(
      'snorkel-cove',
    );
    expect(choose(aBooking({ partySize: 24 }))).toBe('team-regatta');
  });

  it('never recommends what the guest has booked, by pk or by name', () => {
    const taken = aBooking({ uuid: uuid(2), item: { pk: 31, name: 'Evening paddle' } });
    expect(choose(aBooking(), { others: [taken] })).toBe('snorkel-cove');
    expect(choose(aBooking({ item: { pk: 31, name: 'Kayak' } }))).toBe('snorkel-cove');
    expect(choose(aBooking({ item: { pk: null, name: 'SUNSET paddle with dinner' } }))).toBe('snorkel-cove');
  });

  it('keeps to the months of the tour, on the operator’s calendar', () => {
    const december = [catalogueEntrySchema.parse({ id: 'winter', name: 'Winter', months: [12] })];
    const on = (startAt: string) =>
      aBooking({ availability: { pk: 1, startAt: at(startAt), endAt: null, headline: null } });
    expect(choose(on('2026-12-31T20:00:00-1000'), { catalogue: december })).toBe('winter');
    expect(choose(on('2027-01-01T08:00:00-1000'), { catalogue: december })).toBeUndefined();
  });

  it('keeps to the weekdays and the closed days of the tour’s date, not of today', () => {
    // 20 December 2026 is a Sunday in Honolulu; in UTC the tour of the evening is on the Monday.
    const open = (entry: object) =>
      choose(
        aBooking({ availability: { pk: 1, startAt: at('2026-12-20T17:00:00-1000'), endAt: null, headline: null } }),
        {
          catalogue: [catalogueEntrySchema.parse({ id: 'walk', name: 'Walk', ...entry })],
        },
      );
    expect(open({ weekdays: [7] })).toBe('walk');
    expect(open({ weekdays: [1, 2, 3, 4, 5, 6] })).toBeUndefined();
    expect(open({ closed: [{ from: '2026-12-20', to: '2026-12-20' }] })).toBeUndefined();
    expect(open({ closed: [{ from: '2026-12-21', to: '2026-12-31' }] })).toBe('walk');
    expect(open({ closed: [{ from: '2026-11-01', to: '2026-12-19' }] })).toBe('walk');
  });

  it('goes by today where the tour has no time', () => {
    const noTime = aBooking({ availability: { ...aBooking().availability, startAt: null } });
    const closedToday = { id: 'walk', name: 'Walk', closed: [{ from: '2026-11-21', to: '2026-11-21' }] };
    expect(choose(noTime, { catalogue: [catalogueEntrySchema.parse(closedToday)] })).toBeUndefined();
    expect(choose(noTime, { catalogue: [catalogueEntrySchema.parse({ ...closedToday, closed: [] })] })).toBe('walk');
  });

  it('never recommends what was added to a booking, nor what was booked only once among much else', () => {
    const photos = [catalogueEntrySchema.parse({ id: 'photos', name: 'Photo pack' })];
    const added = { question: 'Photo pack', type: 'yes-no', value: 'Yes', customerPk: null, cost: usd(2500) };
    expect(choose(aBooking(), { catalogue: photos })).toBe('photos');
    expect(choose(aBooking({ answers: [added] }), { catalogue: photos })).toBeUndefined();
    expect(choose(aBooking({ answers: [{ ...added, cost: usd(0) }] }), { catalogue: photos })).toBe('photos');
    const tours = Array.from({ length: 40 }, (_, n) =>
      aBooking({ uuid: uuid(n + 2), item: { pk: 50 + n, name: `T${n}` } }),
    );
    const rare = [catalogueEntrySchema.parse({ id: 'rare', name: 'Rare', itemPk: 89 })];
    expect(choose(aBooking(), { catalogue: rare, others: tours })).toBeUndefined();
  });

  it('weighs by the settings and says why', () => {
    const booking = aBooking({ item: { pk: 1, name: 'Reef snorkel' } });
    const profile = historyOf([booking]);
    const features = featuresOf(booking, profile, BOOKED_AT);
    const facts = { booking, profile, features, interests: ['snorkel'], now: NOW };
    expect(recommend(settingsWith(), facts)).toEqual({
      id: 'sunset-paddle',
      name: 'Sunset paddle with dinner',
      reasons: ['made for couples: party of 2, no children (+3)'],
    });
    const byTaste = settingsWith({ upsell: { weights: { sharedInterest: 4 } } });
    expect(recommend(byTaste, facts)).toMatchObject({ id: 'snorkel-cove', reasons: ['has booked snorkel (+4)'] });
    const none = settingsWith({ catalogue: [{ id: 'a', name: 'A' }] });
    expect(recommend(none, facts)?.reasons).toEqual(['first in the catalogue that suits']);
  });

  it('is not moved by what the guest writes', () => {
    const wish = 'Sunset paddle with dinner, please! We want sunset-paddle and kayak.';
    const booking = aBooking({ item: { pk: 1, name: 'Harbor walk' }, customers: people(3), partySize: 3 });
    expect(choose(booking)).toBe('snorkel-cove');
    expect(choose({ ...booking, note: wish, answers: [answered('Interests', wish)] })).toBe('snorkel-cove');
  });

  it('gives null for an empty catalogue', () => {
    expect(choose(aBooking(), { catalogue: [] })).toBeUndefined();
  });

  it('only ever names what suits', () => {
    const entries = fc.uniqueArray(
      fc.record({
        id: fc.stringMatching(/^[a-z]{1,6}$/),
        name: fc.constantFrom('One', 'Two', 'Three'),
        itemPk: fc.option(fc.integer({ min: 10, max: 14 })),
        minPartySize: fc.integer({ min: 1, max: 6 }),
        maxPartySize: fc.integer({ min: 1, max: 12 }),
      }),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 12 }), (given, partySize) => {
        const from = given.map((entry) => catalogueEntrySchema.parse(entry));
        const chosen = choose(aBooking({ partySize }), { catalogue: from });
        const entry = from.find(({ id }) => id === chosen);
        const fitting = from.filter(
          ({ itemPk, minPartySize, maxPartySize }) =>
            itemPk !== 11 && partySize >= minPartySize && partySize <= maxPartySize,
        );
        expect(entry === undefined).toBe(fitting.length === 0);
        if (entry !== undefined) expect(fitting).toContain(entry);
      }),
    );
  });
});
