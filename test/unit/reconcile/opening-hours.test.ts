import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpenAt, openMsBetween } from '../../../functions/reconcile/silence/opening-hours.ts';
import type { OpenHours } from '../../../shared/settings/open-hours.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

const shop = (own: Partial<OpenHours> = {}): OpenHours => ({
  timeZone: 'Pacific/Honolulu',
  days: EVERY_DAY,
  from: '08:00',
  to: '18:00',
  ...own,
});
const at = (text: string) => Date.parse(text);
const hoursOpen = (since: string, until: string, hours: OpenHours) => openMsBetween(at(since), at(until), hours) / HOUR;

describe('opening hours', () => {
  it.each([
    ['2026-11-21T07:59:59-10:00', false],
    ['2026-11-21T08:00:00-10:00', true],
    ['2026-11-21T17:59:59-10:00', true],
    ['2026-11-21T18:00:00-10:00', false],
    // The same hour on other clocks.
    ['2026-11-21T18:00:00Z', true],
    ['2026-11-21T08:00:00Z', false],
  ])('are those of the company’s own clock: %s', (time, open) => {
    expect(isOpenAt(at(time), shop())).toBe(open);
  });

  it('are those of its weekdays, which are the company’s too', () => {
    const saturdays = shop({ days: [6], from: '00:00', to: '23:00' });
    expect(isOpenAt(at('2026-11-21T22:00:00-10:00'), saturdays)).toBe(true);
    // Sunday in Europe, and still Saturday in Honolulu.
    expect(isOpenAt(at('2026-11-22T02:00:00Z'), saturdays)).toBe(true);
    expect(isOpenAt(at('2026-11-22T10:30:00Z'), saturdays)).toBe(false);
    expect(isOpenAt(at('2026-11-23T12:00:00-10:00'), shop({ days: [7] }))).toBe(false);
    expect(isOpenAt(at('2026-11-22T12:00:00-10:00'), shop({ days: [7] }))).toBe(true);
  });

  it('may go past midnight, on the day that they began', () => {
    const bar = shop({ timeZone: 'Europe/Paris', days: [5], from: '18:00', to: '02:00' });
    expect(isOpenAt(at('2026-11-21T01:30:00+01:00'), bar)).toBe(true);
    expect(isOpenAt(at('2026-11-21T02:00:00+01:00'), bar)).toBe(false);
    expect(isOpenAt(at('2026-11-20T01:30:00+01:00'), bar)).toBe(false);
    expect(hoursOpen('2026-11-20T00:00:00+01:00', '2026-11-22T00:00:00+01:00', bar)).toBe(8);
  });

  it('from a time to the same time are the whole day', () => {
    const always = shop({ from: '00:00', to: '00:00' });
    expect(hoursOpen('2026-11-20T12:00:00Z', '2026-11-25T12:00:00Z', always)).toBe(120);
  });

  it('count nothing of a night or a closed day', () => {
    const weekdays = shop({ days: [1, 2, 3, 4, 5] });
    // Friday an hour before closing to Monday an hour after opening.
    expect(hoursOpen('2026-11-20T17:00:00-10:00', '2026-11-23T09:00:00-10:00', weekdays)).toBe(2);
  });

  it('count the clock’s changes as they are: an hour less in spring, an hour more in autumn', () => {
    const nights = shop({ timeZone: 'America/New_York', from: '00:00', to: '06:00' });
    expect(hoursOpen('2026-03-08T00:00:00-05:00', '2026-03-08T12:00:00-04:00', nights)).toBe(5);
    expect(hoursOpen('2026-11-01T00:00:00-04:00', '2026-11-01T12:00:00-05:00', nights)).toBe(7);
    // The hours of the day are what the clock shows, before the change and after it.
    const days = shop({ timeZone: 'America/New_York', from: '09:00', to: '17:00' });
    expect(isOpenAt(at('2026-03-07T09:00:00-05:00'), days)).toBe(true);
    expect(isOpenAt(at('2026-03-08T09:00:00-04:00'), days)).toBe(true);
    expect(isOpenAt(at('2026-03-08T08:59:00-04:00'), days)).toBe(false);
    expect(isOpenAt(at('2026-11-01T16:59:00-05:00'), days)).toBe(true);
    expect(hoursOpen('2026-03-06T00:00:00-05:00', '2026-03-10T00:00:00-04:00', days)).toBe(32);
  });

  it.each(['Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/St_Johns', 'Africa/Casablanca'])(
    'are ten a day in %s, over three years',
    (timeZone) => {
      const hours = shop({ timeZone });
      expect(hoursOpen('2024-01-01T12:00:00Z', '2024-12-31T12:00:00Z', hours)).toBe(3650);
      expect(hoursOpen('2025-01-01T12:00:00Z', '2025-12-31T12:00:00Z', hours)).toBe(3640);
    },
  );

  const anyHours = fc.record({
    timeZone: fc.constantFrom('Pacific/Honolulu', 'Europe/Paris', 'America/New_York', 'Asia/Tokyo', 'Australia/Sydney'),
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    from: fc.constantFrom('00:00', '06:30', '09:00', '22:00'),
    to: fc.constantFrom('00:00', '02:00', '12:15', '18:00', '23:59'),
  });
  const anyMoment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });

  it('add up, whatever piece of time is cut where, and are open where they count', () => {
    fc.assert(
      fc.property(anyHours, fc.tuple(anyMoment, anyMoment, anyMoment), (hours, moments) => {
        const [a = 0, b = 0, c = 0] = [...moments].sort((one, other) => one - other);
        const whole = openMsBetween(a, c, hours);
        expect(openMsBetween(a, b, hours) + openMsBetween(b, c, hours)).toBe(whole);
        expect(whole).toBeLessThanOrEqual(c - a);
        // A millisecond counts exactly if it is open.
        expect(openMsBetween(b, b + 1, hours)).toBe(isOpenAt(b, hours) ? 1 : 0);
      }),
      { numRuns: 100 },
    );
  });

  it('of a year and more are cut off, and cost little', () => {
    const begun = performance.now();
    expect(openMsBetween(0, at('2026-11-21T00:00:00Z'), shop())).toBe(400 * 10 * HOUR);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(openMsBetween(at('2026-11-21T00:00:00Z') - DAY, at('2026-11-21T00:00:00Z'), shop())).toBe(10 * HOUR);
  });
});
