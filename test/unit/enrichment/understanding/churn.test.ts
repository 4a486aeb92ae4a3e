import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { churnOf } from '../../../../functions/enrichment/understanding/churn.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import type { CompanySettingsInput } from '../../../../shared/settings/settings.ts';
import { aBooking, at, uuid } from '../../shared/booking-fixture.ts';
import { anyHistory } from './any-history.ts';
import { historyOf, NOW, people, settingsWith } from './understanding-fixture.ts';

function tour(n: number, day: string, changes: Partial<Booking> = {}): Booking {
  const availability = { pk: n, startAt: at(`${day}T09:00:00-1000`), endAt: null, headline: null };
  return aBooking({ uuid: uuid(n), availability, ...changes });
}

function churn(bookings: readonly Booking[], changes: CompanySettingsInput['churn'] = {}) {
  const [booking = aBooking()] = bookings;
  return churnOf({ booking, profile: historyOf(bookings), settings: settingsWith({ churn: changes }), now: NOW });
}

const missed = { customers: people(2).map((customer) => ({ ...customer, checkin: 'no-show' as const })) };

describe('churnOf', () => {
  it('says with values and points what the risk is made of, strongest first', () => {
    expect(churn([tour(1, '2026-04-01'), tour(2, '2026-12-20', { status: 'cancelled' })])).toEqual({
      risk: 'high',
      reasons: ['1 of 2 bookings cancelled (+40)', '7 months since the last tour (+35)'],
    });
    expect(churn([tour(1, '2026-12-20'), tour(2, '2026-11-10', missed)])).toEqual({
      risk: 'medium',
      reasons: ['did not come on 1 of 2 bookings (+60)', 'tour to come on 2026-12-20 (−10)'],
    });
    expect(churn([tour(1, '2026-11-10')])).toEqual({ risk: 'low', reasons: [] });
  });

  it('knows a guest’s own rhythm, which tells sooner than the operator’s lapse', () => {
    const everyMonth = [1, 2, 3, 4].map((month) => tour(month, `2026-0${month}-10`));
    const { risk, reasons } = churn(everyMonth);
    expect(risk).toBe('medium');
    expect(reasons).toEqual(['7 months since the last tour (+35)', 'used to come every 1 month, now away for 7 (+20)']);
    expect(churn(everyMonth.slice(2)).reasons).toEqual(['7 months since the last tour (+35)']);
  });

  it('weighs an old no-show less, the more often the guest came since', () => {
    const loyal = [tour(1, '2026-11-10'), tour(2, '2026-11-01'), tour(3, '2026-10-20'), tour(4, '2026-10-01', missed)];
    expect(churn(loyal).reasons).toEqual(['did not come on 1 of 4 bookings (+30)']);
  });

  it('takes weights and lines from the settings', () => {
    const away = [tour(1, '2026-04-01')];
    expect(churn(away).risk).toBe('medium');
    expect(churn(away, { weights: { monthsAway: 20 } })).toEqual({
      risk: 'low',
      reasons: ['7 months since the last tour (+12)'],
    });
    expect(churn(away, { highLine: 35 }).risk).toBe('high');
    expect(churn(away, { mediumLine: 36 }).risk).toBe('low');
  });

  it('has a feature for every weight', () => {
    const gone = [1, 2, 3].map((month) => tour(month, `2026-0${month}-10`, month === 3 ? missed : {}));
    const cancelled = tour(4, '2026-12-20', { status: 'cancelled' });
    const history = { without: [...gone, cancelled], tourToCome: [...gone, tour(5, '2026-12-20')] };
    const weights = { monthsAway: 0, cancelledShare: 0, noShows: 0, overdue: 0, tourToCome: 0 };
    for (const name of Object.keys(weights)) {
      const [bookings, points] = name === 'tourToCome' ? [history.tourToCome, -9] : [history.without, 9];
      const { reasons } = churn(bookings, { weights: { ...weights, [name]: points } });
      expect([name, reasons]).toEqual([name, [expect.stringMatching(/ \([+−]\d\)$/)]]);
    }
  });

  it('never calls a guest with a tour to come high, and gives reasons whose points lead to the risk', () => {
    fc.assert(
      fc.property(anyHistory, fc.integer({ min: 1, max: 60 }), ({ booking, others }, highLine) => {
        const bookings = [booking, ...others];
        const { risk, reasons } = churn(bookings, { mediumLine: 1, highLine });
        if (historyOf(bookings).nextTour !== null) expect(risk).not.toBe('high');
        const points = reasons.map((reason) => Number(/\(([+−]\d+)\)$/.exec(reason)?.[1]?.replace('−', '-')));
        const sum = points.reduce((total, each) => total + each, 0);
        expect(risk).toBe(sum >= highLine ? 'high' : sum >= 1 ? 'medium' : 'low');
        expect(churn(bookings, { mediumLine: 1, highLine })).toEqual({ risk, reasons });
      }),
    );
  });
});
