import { describe, expect, test } from 'vitest';
import { bodyTypes } from './body.ts';
import { createFareHarbor, type FareHarbor } from './fareharbor.ts';
import { publishedSchema } from './published-schemas.ts';

const now = () => Date.parse('2026-03-10T18:00:00Z');

/** Bookings that between them use every optional part of a body. */
function everyKindOfBooking(fareharbor: FareHarbor): string[] {
  const plain = fareharbor.book();
  const rich = fareharbor.book({
    company: 'bateau-mouette',
    party: { Adult: 2, Child: 1 },
    answers: { Lunch: 'Fish', 'Do you need wheelchair access?': 'Yes', 'Dietary requirements': 'no nuts' },
    affiliate: { shortname: 'grand-hotel', name: 'Grand Hotel', currency: 'eur' },
    agent: 'Ana',
    desk: 'Lobby',
    pickup: 'Grand Hotel',
    order: 'ABTT',
    note: 'Window <seat> & *quiet*',
  });
  fareharbor.pay(rich.uuid, { type: 'in-store' });
  fareharbor.refund(rich.uuid, { amount: 100 });
  fareharbor.refund(rich.uuid, { amount: 50, cancelled: true });
  fareharbor.checkIn(rich.uuid);
  const unpriced = fareharbor.book({
    company: 'dhow-days',
    price: { subtotal: null, taxes: null, total: null, invoice: null },
  });
  const moved = fareharbor.rebook(plain.uuid, { startAt: '2026-03-20T09:00:00-1000' });
  const yen = fareharbor.book({ company: 'umi-tours' });
  fareharbor.cancel(yen.uuid);
  return [plain.uuid, moved.uuid, rich.uuid, unpriced.uuid, yen.uuid];
}

describe.each(bodyTypes)('body type %s', (bodyType) => {
  test('every kind of booking fits its published schema', () => {
    const fareharbor = createFareHarbor({ now });
    const fits = publishedSchema(bodyType);
    for (const uuid of everyKindOfBooking(fareharbor)) {
      expect(fits(JSON.parse(fareharbor.bodyOf(uuid, bodyType))), JSON.stringify(fits.errors)).toBe(true);
    }
  });

  test('does not fit the schema of any other type', () => {
    const fareharbor = createFareHarbor({ now });
    const body = JSON.parse(fareharbor.bodyOf(fareharbor.book().uuid, bodyType));
    const others = bodyTypes.filter((other) => other !== bodyType);
    expect(others.filter((other) => publishedSchema(other)(body))).toEqual([]);
  });
});

test('an item notification fits its published schema', () => {
  const fits = publishedSchema('item');
  expect(fits(JSON.parse(createFareHarbor().itemBody('umi-tours', 13001)))).toBe(true);
});
