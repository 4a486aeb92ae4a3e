import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../../functions/enrichment/understanding/guest-words.ts';
import { redactorFor } from '../../../../functions/enrichment/understanding/redact.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { aBooking } from '../../shared/booking-fixture.ts';
import { answered } from './understanding-fixture.ts';

const booking = aBooking({
  contact: {
    ...aBooking().contact,
    name: 'José O’Brien-Li',
    email: 'jose.ob@acme-robotics.test',
    phone: '+12025550143',
  },
  voucher: 'GIFT-77-QX',
  externalId: 'crm/9931',
  agent: 'Renée Dubois, Jan Müller',
});
const redact = (text: string, of: Booking = booking) => redactorFor(of, wordsOf(of))?.(text) ?? 'nothing may be shown';
const named = (name: string) => aBooking({ contact: { ...aBooking().contact, name } });

describe('what we know of the booking', () => {
  it.each([
    ['José O’Brien-Li here', '[name] here'],
    ["it is jose's day, JOSÉ'S!", "it is [name]'s day, [name]'S!"],
    ["Mr O'Brien and Mrs o’brien", 'Mr [name] and Mrs [name]'],
    ['Jo\u200bsé likes it', '[name] likes it'],
    ['Jose\u0301 again', '[name] again'],
    ['ask Mueller, Müller or muller', 'ask [name], [name] or [name]'],
    ['ask Renee or dubois', 'ask [name] or [name]'],
    ['Li comes, lindy too, li li', '[name] comes, lindy too, li li'],
    ['write jose.ob@ACME-robotics.test', 'write [e-mail]'],
    ['jose.ob at work', '[e-mail] at work'],
    ['voucher gift-77-qx, ref CRM/9931, #101', 'voucher [id], ref [id], [id]'],
    [`booking ${booking.uuid.toUpperCase()}`, 'booking [id]'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    '+1 202 555 0143',
    '(202) 555-0143',
    '202.555.0143',
    '2025550143',
    '+12025550143',
    '555-0143',
    '５５５－０１４３',
  ])('hides the guest’s telephone written as %s', (phone) => {
    expect(redact(`call ${phone} please`)).toMatch(/^call \[(phone|number)\] please$/);
  });

  it('hides names in scripts that write words together', () => {
    expect(redact('山田様のお誕生日', named('山田太郎'))).toBe('[name]様のお誕生日');
    expect(redact('김민수는 채식', named('김민수'))).toBe('[name]는 채식');
    expect(redact('ومحمد معنا', named('محمد علي'))).toBe('و[name] معنا');
  });

  it('hides what was answered to personal questions, wherever it stands', () => {
    const asked = aBooking({
      answers: [answered('Full name of the birthday child', 'Lucía Prado'), answered('Home address', '12 Quay Lane')],
    });
    expect(redact('Lucia turns 7; we live at 12 Quay Lane', asked)).toBe('[name] turns 7; we live at [id]');
  });

  it('leaves no trace of a known value, however it is cased, accented or wrapped', () => {
    const letters = fc.stringMatching(/^[A-Za-zÀ-ÖØ-öø-ÿ]{4,12}$/);
    fc.assert(
      fc.property(
        letters,
        letters,
        fc.constantFrom(' ', ', ', '"', '\n', '(', '!'),
        fc.boolean(),
        (first, last, edge, up) => {
          const written = up ? last.toUpperCase() : last.toLowerCase();
          const hidden = redact(`${edge}${first}${edge}${written}${edge}`, named(`${first} ${last}`));
          expect(
            hidden
              .replaceAll('[name]', '')
              .replaceAll(edge.trim() || ' ', '')
              .trim(),
          ).toBe('');
        },
      ),
    );
  });
});

describe('what only looks personal', () => {
  it.each([
    ['my friend is ana+tours@mail.test ok', 'my friend is [e-mail] ok'],
    ['ana (at) mail (dot) test', '[e-mail]'],
    ['ana at mail dot test', '[e-mail]'],
    ['ana＠mail.test', '[e-mail]'],
    ['see https://social.test/ana?x=1 or www.ana.test/me', 'see [link] or [link]'],
    ['follow: @ana_travels', 'follow: [handle]'],
    ['card 4111 1111 1111 1111', 'card [number]'],
    ['passport X1234567', 'passport X[number]'],
    ['other booking 11111111-2222-4333-8444-555555555555', 'other booking [id]'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each(['+44 20 7946 0958', '+49 30 23125 123', '+81 3-1234-5678', '0034 912 345 678'])('telephone %s', (phone) => {
    expect(redact(`or ${phone}.`)).not.toMatch(/\d{3}/);
  });

  it.each([
    'We are 24 people, 6 of them kids of 5, 7 and 9; arriving 10:30 on 2026-12-20 or 20/12/2026.',
    'Two vegetarians (no nuts), budget 1,200 USD. Name tags? May we come at 9?',
    'Meet at pier 12, boat 3 or 4',
  ])('leaves alone: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('never throws and is stable: what was hidden stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        (name, text) => {
          const once = redact(text, named(name));
          expect(once).not.toMatch(/[\ue000-\uf8ff]/);
          expect(redact(text, named(name))).toBe(once);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is done in a moment with a text made to be slow', () => {
    const started = performance.now();
    for (const unit of ['a', '1 ', '@', 'a.', '(1', 'a at ', '1-']) redact(unit.repeat(4000));
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it.each([
    ['name', named('n'.repeat(8_000))],
    ['name of many words', named('ann '.repeat(500))],
    ['voucher', aBooking({ voucher: 'v'.repeat(8_000) })],
    [
      'answer among many',
      aBooking({ answers: Array.from({ length: 300 }, () => answered('Passport number', 'x'.repeat(100))) }),
    ],
  ])('shows nothing of a booking whose %s is too long to be looked for', (_, of) => {
    const started = performance.now();
    expect(redact('hello', of)).toBe('nothing may be shown');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('looks for the names of a coach party in all that it wrote', () => {
    const names = Array.from({ length: 100 }, (_, n) => `Passenger Numbered${n.toString(36)}q`);
    const party = aBooking({ answers: names.map((name) => answered('Name', name)) });
    const hide = redactorFor(party, wordsOf(party));
    const started = performance.now();
    for (const name of names) expect(hide?.(`with ${name}`)).toMatch(/^with \[name\]( \[name\])?$/);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
