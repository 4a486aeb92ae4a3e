import { describe, expect, it } from 'vitest';
import { daysUntil, localDate, localTime, localWeekday, parseZonedTime } from '../../../shared/booking/zoned-time.ts';
import { at } from './booking-fixture.ts';

describe('a tour’s time', () => {
  it('has the day of the operator’s clock, not of UTC (trap 14)', () => {
    const evening = at('2026-12-31T18:30:00-1000');
    expect(evening.instant).toBe('2027-01-01T04:30:00.000Z');
    expect(localDate(evening)).toBe('2026-12-31');
    expect(localTime(evening)).toBe('18:30');
    expect(localWeekday(evening)).toBe(4);
  });

  it.each(['-1000', '-10:00', '+0545', 'Z'])('is read with the offset %s', (offset) => {
    expect(localTime(at(`2026-06-01T08:15:00${offset}`))).toBe('08:15');
  });

  it.each([
    '2026-06-01',
    '2026-06-01T08:15:00',
    'tomorrow',
    '2026-13-01T08:00:00Z',
    '2026-06-01T08:00:00+9900',
    '0000-01-01T00:00:00+0100',
    '9999-12-31T23:59:59-1000',
    '',
  ])('is not made up from %j', (text) => {
    expect(parseZonedTime(text)).toBeUndefined();
  });

  it('counts days on the operator’s calendar', () => {
    // 23:30 on the 19th in Honolulu is the 20th in UTC already: still one day ahead of the tour.
    expect(daysUntil(at('2026-12-20T08:00:00-1000'), '2026-12-20T09:30:00.000Z')).toBe(1);
  });
});
