import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Distribution, NOTHING_SEEN } from '../../../../functions/enrichment/standing/distribution.ts';
import { featuresOf } from '../../../../functions/enrichment/understanding/features.ts';
import { wordsOf } from '../../../../functions/enrichment/understanding/guest-words.ts';
import { keywordSignals } from '../../../../functions/enrichment/understanding/keyword-signals.ts';
import { scoreLead } from '../../../../functions/enrichment/understanding/lead-score.ts';
import { numbersOf } from '../../../../functions/enrichment/understanding/numbers.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { localDate, localWeekday } from '../../../../shared/booking/zoned-time.ts';
import type { CompanySettings } from '../../../../shared/settings/settings.ts';
import { understandingSchema } from '../../../../shared/understanding/understanding.ts';
import { aBooking, at, usd } from '../../shared/booking-fixture.ts';
import { anyCatalogue, anyHistory } from './any-history.ts';
import { answered, BOOKED_AT, historyOf, NOW, people, settingsWith } from './understanding-fixture.ts';

const many = Object.fromEntries(Array.from({ length: 100 }, (_, bucket) => [bucket, 2]));
const known: Distribution = {
  ...NOTHING_SEEN,
  recency: { 24321: 60, 24322: 60 },
  frequency: many,
  money: { USD: many },
};

/** Everything that code says of a booking of a guest with these others; words are read by keywords. */
function say(booking: Booking, others: readonly Booking[], settings: CompanySettings, distribution = known) {
  const profile = historyOf([booking, ...others]);
  const features = featuresOf(booking, profile, BOOKED_AT);
  const facts = { booking, profile, features, settings, distribution, now: NOW, bookedAt: BOOKED_AT };
  const numbers = numbersOf(facts);
  const words = wordsOf(booking);
  const { catalogue } = settings;
  const signals = keywordSignals(words, { features, catalogue, contactLanguage: null });
  const place = { segment: numbers.segment, itemPk: booking.item.pk };
  return { numbers, score: scoreLead(features, { signals, plain: signals, written: words.free }, place, settings) };
}

/** What a guest may write, in the words that our own rules and any model would listen for. */
const anyWords = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'VIP',
        'wedding',
        'corporate event',
        'urgent',
        'complaint',
        'refund',
        'we are 200 people',
        'Boda',
      ),
      fc.constantFrom(
        'segment: high-value-repeat',
        'score 100',
        'churn low',
        'route to rep',
        'Whale watch',
        'wheelchair',
      ),
      fc.string({ maxLength: 20 }),
    ),
    { maxLength: 8 },
  )
  .map((words) => words.join(' '));

const anyRouting = fc.array(
  fc.record({
    when: fc.record({ minScore: fc.nat(100), minPartySize: fc.integer({ min: 1, max: 20 }) }, { requiredKeys: [] }),
    to: fc.constantFrom('rep', 'nurture'),
  }),
  { maxLength: 4 },
);

describe('what code says of a booking', () => {
  it('is told whole: numbers, reasons with their values, and what they were computed from', () => {
    const booking = aBooking({
      contact: { ...aBooking().contact, email: 'events@acme-robotics.test' },
      customers: people(24),
      partySize: 24,
      availability: { pk: 1, startAt: at('2026-12-31T09:00:00-1000'), endAt: null, headline: null },
      price: { ...aBooking().price, total: usd(480_000) },
      createdAt: at('2026-11-20T09:00:00-1000'),
    });
    const { numbers, score } = say(booking, [], settingsWith());
    expect(numbers).toMatchObject({
      segment: 'corporate-group',
      segmentReasons: ['party of 24 (group from 10)', 'corporate e-mail domain'],
      churnRisk: 'low',
      churnReasons: ['tour to come on 2026-12-31 (−10)'],
      upsell: {
        id: 'team-regatta',
        reasons: ['made for companies: party of 24, corporate e-mail domain (+3)'],
      },
      guest: { bands: { recency: 4, frequency: 1, money: 4 }, predictedValue: usd(480_000 + 259_200), categories: [] },
      features: {
        partySize: 24,
        corporateEmail: true,
        daysAhead: 41,
        bookingValue: 480_000,
        currency: 'USD',
        monthsSinceLastTour: null,
        usualCancellation: 0.281,
      },
    });
    expect(numbers.risk?.cancellation.reasons.join('; ')).toContain('booked 41 days ahead');
    expect(score).toMatchObject({ byRules: 77, value: 83, routingReason: 'score of 77 reaches the line of 60' });
    expect(JSON.stringify(numbers)).not.toMatch(/acme|kealoha|\+1202/i);
  });

  it('is the same whenever it is asked, and fits what is stored', () => {
    const { shape } = understandingSchema;
    fc.assert(
      fc.property(anyHistory, anyCatalogue, ({ booking, others }, catalogue) => {
        const settings = settingsWith({ catalogue });
        const first = say(booking, others, settings);
        expect(say(structuredClone(booking), others.toReversed(), settingsWith({ catalogue }))).toEqual(first);
        expect(shape.leadScore.parse(first.score)).toEqual(first.score);
        for (const [name, value] of Object.entries(first.numbers)) {
          expect(understandingSchema.partial().parse({ [name]: value })).toMatchObject({ [name]: value });
        }
      }),
    );
  });

  it('is moved by no word of the guest but for the score within its clamp', () => {
    const anyScore = fc.record({ modelClamp: fc.nat(20), repLine: fc.nat(100), routing: anyRouting });
    fc.assert(
      fc.property(anyHistory, anyWords, anyWords, anyScore, ({ booking, others }, note, answer, score) => {
        const settings = settingsWith({ score });
        const spoken = { ...booking, note, answers: [...booking.answers, answered('Anything else?', answer)] };
        const [mute, loud] = [say(booking, others, settings), say(spoken, others, settings)];
        expect(loud.numbers).toEqual(mute.numbers);
        const { value, reasons: _, ...decided } = loud.score;
        const { value: __, reasons: ___, ...decidedBefore } = mute.score;
        expect(decided).toEqual(decidedBefore);
        expect(Math.abs(value - loud.score.byRules)).toBeLessThanOrEqual(score.modelClamp);
        // What people see beside the number agrees with it: no line of any rule lies between the two.
        const lines = [score.repLine, ...score.routing.flatMap(({ when: { minScore } }) => minScore ?? [])];
        for (const line of lines) expect(value >= line).toBe(loud.score.byRules >= line);
      }),
    );
  });

  it('recommends only what the operator sells, never what was bought, never what does not run that day', () => {
    fc.assert(
      fc.property(anyHistory, anyCatalogue, ({ booking, others }, catalogue) => {
        const { numbers } = say(booking, others, settingsWith({ catalogue }));
        const standing = [booking, ...others.filter(({ status }) => status === 'booked')];
        const pks = standing.map(({ item }) => item.pk);
        const names = [...standing.map(({ item }) => item.name), ...addOnsOf([booking, ...others])];
        const start = booking.availability.startAt ?? { instant: NOW.toISOString(), offsetMinutes: 0 };
        const [day, weekday] = [localDate(start), localWeekday(start)];
        const fitting = catalogue.filter(
          (entry) =>
            !(entry.itemPk !== null && pks.includes(entry.itemPk)) &&
            !names.includes(entry.name) &&
            booking.partySize >= entry.minPartySize &&
            booking.partySize <= entry.maxPartySize &&
            (entry.months.length === 0 || entry.months.includes(Number(day.slice(5, 7)))) &&
            (entry.weekdays.length === 0 || entry.weekdays.includes(weekday)) &&
            entry.closed.every(({ from, to }) => day < from || day > to),
        );
        expect(numbers.upsell === null).toBe(fitting.length === 0);
        if (numbers.upsell !== null) {
          const { id, name } = numbers.upsell;
          expect(fitting.map((entry) => [entry.id, entry.name])).toContainEqual([id, name]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** What was added to the bookings that stand, by the questions that asked for it. */
function addOnsOf(bookings: readonly Booking[]): string[] {
  return bookings
    .filter(({ status }) => status === 'booked')
    .flatMap(({ answers }) => answers.map(({ question }) => question));
}
