import { expect, test } from 'vitest';
import { bookingBody } from './booking-body.ts';
import { publishedSchema } from './published-schemas.ts';

test('a body out of nothing fits its schema and is always the same', () => {
  expect(publishedSchema('optimized')(bookingBody({}, { bodyType: 'optimized' }))).toBe(true);
  expect(bookingBody()).toEqual(bookingBody());
});

test('takes what is given, pays when told, and lays changes over the end', () => {
  const { booking } = bookingBody({ note: 'hello', company: 'umi-tours' }, { paid: true, changed: { pk: 'seven' } });
  expect(booking).toMatchObject({ note: 'hello', amount_paid: 32_560, pk: 'seven', company: { currency: 'jpy' } });
});
