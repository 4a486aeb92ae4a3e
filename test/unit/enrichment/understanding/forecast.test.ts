import { describe, expect, it } from 'vitest';
import type { SeenRates } from '../../../../functions/enrichment/standing/distribution.ts';
import { featuresOf } from '../../../../functions/enrichment/understanding/features.ts';
import { forecastOf } from '../../../../functions/enrichment/understanding/forecast.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { DEFAULT_RISK_MODEL } from '../../../../shared/risk/default-model.ts';
import type { RiskModel } from '../../../../shared/risk/model.ts';
import { aBooking, at, uuid } from '../../shared/booking-fixture.ts';
import { BOOKED_AT, historyOf, NOW, settingsWith } from './understanding-fixture.ts';

const nothing = { bookings: 0, events: 0 };
const unseen: SeenRates = { cancellation: nothing, noShow: nothing };

interface Circumstances {
  readonly others?: readonly Booking[];
  readonly seen?: SeenRates;
  readonly model?: RiskModel;
}

function forecast(booking: Booking, { others = [], seen = unseen, model }: Circumstances = {}) {
  const profile = historyOf([booking, ...others]);
  const settings = settingsWith(model && { risk: { model } });
  const features = featuresOf(booking, profile, BOOKED_AT);
  return forecastOf({ booking, profile, features, bookedAt: BOOKED_AT, seen, settings, now: NOW });
}

const starting = (time: string) => ({ pk: 1, startAt: at(time), endAt: null, headline: null });
const cancellation = (booking: Booking, given?: Circumstances) => forecast(booking, given)?.cancellation;

describe('forecastOf', () => {
  it('says how likely, by which model and why', () => {
    const risk = forecast(aBooking());
    expect(risk?.modelVersion).toBe(DEFAULT_RISK_MODEL.version);
    expect(risk?.cancellation.probability).toBeGreaterThan(0.02);
    expect(risk?.cancellation.probability).toBeLessThan(0.5);
    expect(risk?.cancellation.reasons.join('; ')).toMatch(/booked 30 days ahead \(odds ×\d+(\.\d+)?\)/);
    expect(risk?.cancellation.reasons.join('; ')).toContain('booked with the operator (odds ×0.');
  });

  it('foretells nothing of what does not stand or has begun', () => {
    expect(forecast(aBooking({ status: 'cancelled' }))).toBeNull();
    expect(forecast(aBooking({ status: 'rebooked' }))).toBeNull();
    expect(forecast(aBooking({ availability: { ...starting('2026-12-20T17:00:00-1000'), startAt: null } }))).toBeNull();
    expect(forecast(aBooking({ availability: starting('2026-11-21T12:00:00Z') }))).toBeNull();
    expect(forecast(aBooking({ availability: starting('2026-11-21T12:00:01Z') }))).not.toBeNull();
  });

  it('moves the level to what the operator sees, but not that of their own model', () => {
    const seldom = { cancellation: { bookings: 5_000, events: 100 }, noShow: { bookings: 5_000, events: 2_500 } };
    const [usual, own] = [forecast(aBooking()), forecast(aBooking(), { seen: seldom })];
    expect(own?.cancellation.probability).toBeLessThan((usual?.cancellation.probability ?? 0) / 5);
    expect(own?.noShow.probability).toBeGreaterThan(0.3);
    const model = { ...DEFAULT_RISK_MODEL, version: 'own-1' };
    expect(forecast(aBooking(), { model, seen: seldom })).toEqual({ ...usual, modelVersion: 'own-1' });
  });

  it('counts how the guest’s other bookings ended, and not this one', () => {
    const alone = cancellation(aBooking())?.probability ?? 0;
    const came = aBooking({ uuid: uuid(2), availability: starting('2026-05-01T09:00:00-1000') });
    const gone = aBooking({ uuid: uuid(3), status: 'cancelled' });
    expect(cancellation(aBooking(), { others: [came] })?.probability).toBeLessThan(alone);
    expect(cancellation(aBooking(), { others: [gone] })?.probability).toBeGreaterThan(alone);
    expect(cancellation(aBooking(), { others: [gone] })?.reasons.join('; ')).toContain('1 earlier cancellation');
    // A tour that is still to come has not been used.
    const toCome = aBooking({ uuid: uuid(4), availability: starting('2027-01-10T09:00:00-1000') });
    expect(cancellation(aBooking(), { others: [toCome] })?.probability).toBe(alone);
  });
});
