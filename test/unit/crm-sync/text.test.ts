import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine, cleanText, clip } from '../../../functions/crm-sync/fields/clean-text.ts';
import { splitName } from '../../../functions/crm-sync/guest/person-name.ts';
import { phoneForms, soqlText } from '../../../functions/crm-sync/salesforce/soql.ts';

describe('cleaning', () => {
  test('breaks what Salesforce would act upon', () => {
    expect(cleanLine('@{contact.id} {!User.Id} {{{Name}}} a@{b')).toBe('@ {contact.id} { !User.Id} { { {Name}}} a@ {b');
  });

  test('leaves nothing to act upon, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('@', '{', '!', '\u0000', '\u200b', '\u0007', '\ud800', 'x') }),
        (text) => {
          expect(cleanText(text)).not.toMatch(/@\{|\{!|\{\{/);
        },
      ),
    );
  });

  test('takes out control characters and half characters, keeps scripts, emoji and, in long text, lines', () => {
    expect(cleanLine('a\u0000b\u0007 \t c\nd')).toBe('ab c d');
    expect(cleanText('one\r\ntwo\u2028three\ud83d')).toBe('one\ntwo\nthree');
    expect(cleanLine('👩‍👩‍👧 עדי 山田')).toBe('👩‍👩‍👧 עדי 山田');
  });
});

describe('cutting', () => {
  test('never splits a character as people see it', () => {
    expect(clip('abcdef', 6)).toBe('abcdef');
    expect(clip('abcdefg', 6)).toBe('abcde…');
    expect(clip('ab👩‍👩‍👧cd', 8)).toBe('ab…');
    expect(clip('abcde\u0301f', 6)).toBe('abcd…');
  });

  test('always fits, and is the start of what was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, length) => {
        const cut = clip(text, length);
        expect(cut.length).toBeLessThanOrEqual(length);
        expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
      }),
    );
  });
});

test.each([
  ['Noa Kealoha', 'Noa', 'Kealoha'],
  ['Ana de la Cruz', 'Ana', 'de la Cruz'],
  ['de la Cruz, Ana', 'Ana', 'de la Cruz'],
  ['Madonna', null, 'Madonna'],
  ['  Noa \u00a0 Kealoha ', 'Noa', 'Kealoha'],
  ['Kealoha,', null, 'Kealoha'],
  ['Noa -', null, 'Noa'],
  ['- .', null, null],
  ['', null, null],
  ['Noa & Ana Kealoha', 'Noa', '& Ana Kealoha'],
  ['🌊 Moana', '🌊', 'Moana'],
])('the name %j', (whole, first, last) => {
  expect(splitName(whole)).toEqual({ first, last });
});

describe('SOQL text', () => {
  test('escapes the backslash before the quote', () => {
    expect(soqlText("O'Hara\\")).toBe("'O\\'Hara\\\\'");
  });

  test('cannot be left, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '\\', 'a', '\n') }), (text) => {
        expect(soqlText(text)).toMatch(/^'(?:[^'\\]|\\['\\])*'$/);
      }),
    );
  });
});

test('a number is looked for in the forms people type', () => {
  expect(phoneForms('+12025550101')).toEqual(
    expect.arrayContaining(['+12025550101', '2025550101', '(202) 555-0101', '202-555-0101', '+1 202-555-0101']),
  );
  expect(phoneForms('+442079460101')).toEqual(['+442079460101', '442079460101']);
});
