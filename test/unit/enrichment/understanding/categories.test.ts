import { expect, it } from 'vitest';
import { categoriesOf } from '../../../../functions/enrichment/understanding/categories.ts';
import { catalogueEntrySchema } from '../../../../shared/settings/settings.ts';
import { aBooking, uuid } from '../../shared/booking-fixture.ts';
import { historyOf } from './understanding-fixture.ts';

const catalogue = [
  { id: 'a', name: 'Sunset Kayak', itemPk: 99, category: 'land' },
  { id: 'b', name: 'Paddle', itemPk: 11, category: 'water' },
  { id: 'c', name: 'Tasting walk', category: 'food' },
  { id: 'd', name: 'Museum' },
].map((entry) => catalogueEntrySchema.parse(entry));

const took = (n: number, pk: number | null, name: string) => aBooking({ uuid: uuid(n), item: { pk, name } });

it('names the operator’s kinds of tours by how often the guest booked them, by pk before name', () => {
  const history = historyOf([
    took(1, 11, 'Sunset Kayak'),
    took(2, null, 'TASTING walk '),
    took(3, 77, 'Tasting Walk'),
    took(4, null, 'Museum'),
    took(5, 55, 'Elsewhere'),
  ]);
  expect(categoriesOf(history, catalogue)).toEqual(['food', 'water']);
});

it('leaves out what the guest cancelled', () => {
  expect(categoriesOf(historyOf([aBooking({ status: 'cancelled' })]), catalogue)).toEqual([]);
});
