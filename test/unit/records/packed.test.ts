import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../shared/records/packed.ts';
import { WORDS_1 } from '../../../shared/records/packing-words.ts';

const VALUE = { status: 'booked', price: { total: { amount: 18810, currency: 'USD' } }, note: 'Zwei Plätze 🌊' };
const HINT = 'g-1harbor-kayaks1';
const WHAT = 'booking 7';
const flipped = (packed: Uint8Array, at: number): Uint8Array =>
  packed.map((byte, index) => (index === at ? byte ^ 0x20 : byte));

describe('what is packed', () => {
  it('comes out as it went in, whatever JSON can hold', () => {
    const members = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(members, fc.string(), (value, hint) => {
        const wanted: unknown = JSON.parse(JSON.stringify(value));
        expect(unpack(pack(value, hint), hint, WHAT)).toEqual(wanted);
      }),
    );
  });

  it('is the same in whichever order the members were written, without those that are undefined', () => {
    const { status, price, note } = VALUE;
    const { amount, currency } = price.total;
    const other = { note, voucher: undefined, price: { total: { currency, amount } }, status };
    expect(pack(other, HINT)).toEqual(pack(VALUE, HINT));
  });

  it('of earlier can still be read: neither the words nor the format of what is stored ever change', () => {
    expect(createHash('sha256').update(WORDS_1).digest('hex')).toBe(
      'b995d8eec6603538a723d246ecb5625727fa08fd2091d1e15be8e423d57b805e',
    );
    const stored = Buffer.from('AbIGq4Y136PKUzMVAnIOLympSlX4ML+nSwmpaYvZtLTA1bREr4NqAQ==', 'base64');
    expect(unpack(stored, HINT, WHAT)).toEqual(VALUE);
  });

  it('is small where it is like other bookings, and smaller where it repeats what stands beside it', () => {
    const uuid = '0c7fb5a1-4f0a-4c56-9a6c-6b1c2f3d4e5f';
    const value = { ...VALUE, dashboardUrl: `https://fareharbor.com//dashboard/?overlay=/bookings/${uuid}/`, uuid };
    const text = JSON.stringify(value).length;
    expect(pack(value, uuid).length).toBeLessThan(text / 3);
    expect(pack(value, uuid).length).toBeLessThan(pack(value, '').length - 20);
  });
});

describe('what cannot be read', () => {
  it('is told of by name: a format that a later deployment writes, or none', () => {
    const later = Uint8Array.from([2, ...pack(VALUE, HINT).slice(1)]);
    expect(() => unpack(later, HINT, WHAT)).toThrow('booking 7 cannot be read: it is of the unknown format 2');
    expect(() => unpack(new Uint8Array(), HINT, WHAT)).toThrow('booking 7 cannot be read: it is of the unknown format');
  });

  it('is waited with: somebody can put it right, and nothing is given up meanwhile', () => {
    expect(() => unpack(Uint8Array.of(9), HINT, WHAT)).toThrow(
      expect.objectContaining({ name: 'RetryableError', code: 'record.unreadable' }),
    );
  });

  it('is every value with one byte changed, cut off, or read beside another hint', () => {
    const packed = pack(VALUE, HINT);
    for (let at = 1; at < packed.length; at += 1) {
      expect(() => unpack(flipped(packed, at), HINT, WHAT), `byte ${at}`).toThrow('cannot be read: it is damaged');
    }
    for (let length = 1; length < packed.length; length += 1) {
      expect(() => unpack(packed.slice(0, length), HINT, WHAT), `${length} bytes`).toThrow('it is damaged');
    }
    const repeating = pack({ uuid: HINT }, HINT);
    expect(() => unpack(repeating, HINT.toUpperCase(), WHAT)).toThrow('it is damaged');
  });
});
