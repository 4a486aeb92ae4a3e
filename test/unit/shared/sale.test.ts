import { describe, expect, it } from 'vitest';
import type { Booking } from '../../../shared/booking/booking.ts';
import { saleOf } from '../../../shared/booking/sale.ts';
import { aBooking, uuid } from './booking-fixture.ts';

const [a, b, c] = [
  aBooking({ uuid: uuid(1), status: 'rebooked', rebookedTo: uuid(2) }),
  aBooking({ uuid: uuid(2), status: 'rebooked', rebookedFrom: uuid(1), rebookedTo: uuid(3) }),
  aBooking({ uuid: uuid(3), rebookedFrom: uuid(2) }),
];

const saleFrom = async (from: Booking, known: readonly Booking[]) => {
  const sale = await saleOf(
    from,
    (booking) => booking,
    async (id) => known.find((booking) => booking.uuid === id),
  );
  return { key: sale.key, chain: sale.chain.map(({ uuid: id }) => id) };
};

describe('a sale', () => {
  it.each([a, b, c])('is the same from each of its bookings', async (from) => {
    expect(await saleFrom(from, [a, b, c])).toEqual({ key: uuid(1), chain: [uuid(1), uuid(2), uuid(3)] });
  });

  it('has its key although the first booking was never seen', async () => {
    expect(await saleFrom(b, [b, c])).toEqual({ key: uuid(1), chain: [uuid(2), uuid(3)] });
  });

  it('tells which bookings it came from and goes on as that nobody has told of', async () => {
    const ends = async (from: Booking, known: readonly Booking[]) => {
      const load = async (id: string) => known.find((booking) => booking.uuid === id);
      const { comesFrom, goesOnAs } = await saleOf(from, (booking) => booking, load);
      return [comesFrom, goesOnAs];
    };
    expect(await ends(b, [])).toEqual([uuid(1), uuid(3)]);
    expect(await ends(b, [a])).toEqual([null, uuid(3)]);
    expect(await ends(c, [a, b])).toEqual([null, null]);
  });

  it('ends where bookings lead in a circle', async () => {
    const circle = aBooking({ uuid: uuid(1), rebookedFrom: uuid(3), rebookedTo: uuid(2) });
    const { chain } = await saleFrom(circle, [circle, b, c]);
    expect(new Set(chain).size).toBe(chain.length);
  });

  it('is just the booking where nothing was rebooked', async () => {
    expect(await saleFrom(aBooking(), [])).toEqual({ key: uuid(1), chain: [uuid(1)] });
  });
});
