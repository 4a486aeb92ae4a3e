import { expect, it } from 'vitest';
import { deriveChanges } from '../../../shared/booking/changes.ts';
import { aBooking, usd, uuid } from './booking-fixture.ts';

const booking = aBooking({ payments: null });
const paid = { ...booking, price: { ...booking.price, paid: usd(20_000) } };
const unpaid = { ...booking, price: { ...booking.price, paid: usd(0) } };
const kinds = (after: typeof booking) => deriveChanges(paid, after).map(({ kind }) => kind);

it('what was paid goes along with a rebooking: that is no refund, in a body without payments', () => {
  expect(kinds({ ...unpaid, status: 'rebooked', rebookedTo: uuid(2) })).not.toContain('refunded');
});

it('less paid on a booking that stands, or is cancelled, is a refund', () => {
  expect(kinds(unpaid)).toContain('refunded');
  expect(kinds({ ...unpaid, status: 'cancelled' })).toContain('refunded');
});
