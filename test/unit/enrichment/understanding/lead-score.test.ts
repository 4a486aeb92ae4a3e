import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Features, featuresOf } from '../../../../functions/enrichment/understanding/features.ts';
import { type Place, scoreLead } from '../../../../functions/enrichment/understanding/lead-score.ts';
import { routeLead } from '../../../../functions/enrichment/understanding/routing.ts';
import { type Signals, signalsSchema } from '../../../../shared/understanding/understanding.ts';
import { aBooking, at, usd } from '../../shared/booking-fixture.ts';
import { BOOKED_AT, historyOf, people, privateGuest, settingsWith, silent } from './understanding-fixture.ts';

const settings = settingsWith();
const place: Place = { segment: 'new', itemPk: 11 };
const nothing = { signals: silent, plain: silent, written: false };
const loudest: Signals = {
  ...silent,
  occasion: 'wedding',
  groupKind: 'corporate',
  urgency: 'high',
  upsellAffinity: ['team-regatta'],
};

const booking = aBooking({
  contact: { ...privateGuest, email: 'events@acme-robotics.test' },
  customers: people(24),
  partySize: 24,
  availability: { pk: 1, startAt: at('2026-12-31T09:00:00-1000'), endAt: null, headline: null },
  price: { ...aBooking().price, total: usd(480000) },
});
const corporate = featuresOf(booking, historyOf([booking]), BOOKED_AT);
const couple = aBooking({ contact: privateGuest });
const quiet = featuresOf(couple, historyOf([couple]), BOOKED_AT);

const anyFeatures: fc.Arbitrary<Features> = fc.record({
  partySize: fc.nat(60),
  children: fc.nat(5),
  daysAhead: fc.option(fc.nat(400)),
  weekend: fc.option(fc.boolean()),
  month: fc.option(fc.integer({ min: 1, max: 12 })),
  corporateEmail: fc.boolean(),
  reachable: fc.boolean(),
  earlierBookings: fc.nat(10),
  earlierCancellations: fc.nat(5),
  earlierNoShows: fc.nat(5),
  bookingValue: fc.nat(500_000).map(usd),
  earlierSpend: fc.nat(500_000).map(usd),
  affiliate: fc.boolean(),
  privateTour: fc.boolean(),
});
const { shape } = signalsSchema;
const anySignals: fc.Arbitrary<Signals> = fc.record({
  occasion: fc.constantFrom(...shape.occasion.options),
  groupKind: fc.constantFrom(...shape.groupKind.options),
  dietary: fc.subarray(shape.dietary.element.options),
  accessibility: fc.subarray(shape.accessibility.element.options),
  complaint: fc.boolean(),
  urgency: fc.constantFrom(...shape.urgency.options),
  language: fc.constantFrom(...shape.language.options),
  upsellAffinity: fc.subarray(['sunset-paddle', 'team-regatta']),
});
const anyScore = fc.record({
  repLine: fc.nat(100),
  hotLine: fc.nat(100),
  warmLine: fc.nat(100),
  modelClamp: fc.nat(20),
  routing: fc.array(
    fc
      .tuple(fc.nat(100), fc.nat(100), fc.constantFrom('rep' as const, 'nurture' as const))
      .map(([one, two, to]) => ({ when: { minScore: Math.min(one, two), maxScore: Math.max(one, two) }, to })),
    { maxLength: 3 },
  ),
});

describe('scoreLead', () => {
  it('gives a large corporate booking to a sales rep and says why, strongest first', () => {
    const { value, band, routing, reasons } = scoreLead(corporate, nothing, place, settings);
    expect({ value, band, routing }).toEqual({ value: 77, band: 'hot', routing: 'rep' });
    expect(reasons).toEqual([
      'party of 24 (+25)',
      'booking of USD 4800.00 (+20)',
      'corporate e-mail domain (+15)',
      'every booking (+10)',
      'books 41 days ahead (+7)',
    ]);
  });

  it('leaves a couple with a private mailbox to the nurture list', () => {
    expect(scoreLead(quiet, nothing, place, settings)).toMatchObject({
      value: 19,
      byRules: 19,
      band: 'cold',
      routing: 'nurture',
    });
  });

  it('takes each weight from the settings', () => {
    const heavier = settingsWith({ score: { weights: { corporateEmail: 5, weekend: 7 } } });
    expect(scoreLead(corporate, nothing, place, heavier).value).toBe(67);
    expect(scoreLead({ ...quiet, weekend: true }, nothing, place, heavier).value).toBe(26);
  });

  it('has a feature for every weight, and a weight for every feature', () => {
    const everything: Features = {
      ...{ partySize: 40, children: 2, daysAhead: 90, weekend: true, month: 12 },
      ...{ corporateEmail: true, reachable: false, affiliate: true, privateTour: true },
      ...{ earlierBookings: 9, earlierCancellations: 9, earlierNoShows: 9 },
      ...{ bookingValue: usd(900_000), earlierSpend: usd(900_000) },
    };
    const none = Object.fromEntries(Object.keys(settings.score.weights).map((name) => [name, 0]));
    for (const name of Object.keys(none)) {
      const only = settingsWith({ score: { weights: { ...none, [name]: 7 } } });
      expect([name, scoreLead(everything, nothing, place, only).byRules]).toEqual([name, 7]);
    }
    expect(scoreLead(everything, nothing, place, settingsWith({ score: { weights: none } })).value).toBe(0);
  });

  it('takes points for what makes a booking less of a lead', () => {
    const worse = { ...corporate, affiliate: true, reachable: false, earlierCancellations: 3, earlierNoShows: 2 };
    expect(scoreLead(worse, nothing, place, settings).value).toBe(77 - 10 - 15 - 10 - 10);
  });

  it('adds what the guest wrote, up to the clamp', () => {
    const loud = scoreLead(quiet, { signals: loudest, plain: loudest, written: true }, place, settings);
    expect(loud.value).toBe(29);
    expect(loud.byRules).toBe(19);
    expect(loud.reasons).toContain('wrote of: a message, wedding, corporate group, urgency, a further tour (+10)');
  });

  it('names only what the keywords find too, and puts the rest down to the model', () => {
    const plain = { ...silent, occasion: 'wedding' as const };
    const { reasons } = scoreLead(quiet, { signals: loudest, plain, written: true }, place, settings);
    expect(reasons).toContain('wrote of: a message, wedding, what the model reads (+10)');
  });

  it('never lets words carry a score to the routing line, nor below it', () => {
    const below = settingsWith({ score: { repLine: 22, warmLine: 90, hotLine: 95 } });
    expect(scoreLead(quiet, { signals: loudest, plain: loudest, written: true }, place, below)).toMatchObject({
      value: 21,
      routing: 'nurture',
    });
    const onLine = settingsWith({ score: { repLine: 19 } });
    const complaint = { ...silent, complaint: true };
    const complaining = { signals: complaint, plain: complaint, written: false };
    expect(scoreLead(quiet, complaining, place, onLine)).toMatchObject({ value: 19, routing: 'rep' });
  });

  it('never lets words carry a score over a line of the operator’s own rules', () => {
    const loud = { signals: loudest, plain: loudest, written: true };
    const upTo19 = settingsWith({ score: { repLine: 0, routing: [{ when: { maxScore: 19 }, to: 'nurture' }] } });
    expect(scoreLead(quiet, loud, place, upTo19)).toMatchObject({ value: 19, routing: 'nurture' });
    const from25 = settingsWith({ score: { routing: [{ when: { minScore: 25 }, to: 'rep' }] } });
    expect(scoreLead(quiet, loud, place, from25)).toMatchObject({ value: 24, routing: 'nurture' });
  });

  it('holds its bounds for all features, words and lines', () => {
    fc.assert(
      fc.property(anyFeatures, anySignals, fc.boolean(), anyScore, (features, signals, written, score) => {
        const with_ = settingsWith({ score });
        const spoken = scoreLead(features, { signals, plain: silent, written }, place, with_);
        const mute = scoreLead(features, nothing, place, with_);
        expect(spoken.value).toBeGreaterThanOrEqual(0);
        expect(spoken.value).toBeLessThanOrEqual(100);
        expect(spoken.byRules).toBe(mute.value);
        expect(Math.abs(spoken.value - mute.value)).toBeLessThanOrEqual(score.modelClamp);
        expect([spoken.routing, spoken.routingReason, spoken.band]).toEqual([
          mute.routing,
          mute.routingReason,
          mute.band,
        ]);
        // What people see beside the number agrees with it.
        const shown = { ...features, ...place, byRules: spoken.value };
        expect(spoken.routing).toBe(routeLead(shown, with_.score).routing);
      }),
    );
  });

  it('gives reasons whose points add up to the score, where it is not cut off', () => {
    fc.assert(
      fc.property(anyFeatures, anySignals, (features, signals) => {
        const { value, reasons } = scoreLead(features, { signals, plain: silent, written: true }, place, settings);
        const points = reasons.map((reason) => Number(/\(([+−]\d+)\)$/.exec(reason)?.[1]?.replace('−', '-')));
        const sum = points.reduce((total, each) => total + each, 0);
        fc.pre(value > 10 && value < 90);
        expect(sum).toBe(value);
        expect(points.map(Math.abs)).toEqual(points.map(Math.abs).sort((a, b) => b - a));
      }),
    );
  });
});
