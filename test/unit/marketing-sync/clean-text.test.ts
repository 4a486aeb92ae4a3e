import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, clipBytes } from '../../../functions/marketing-sync/clean-text.ts';

const hostile = fc
  .array(fc.constantFrom('*|', '|*', '*', '|', 'HTML:X', ' ', '\n', '\u0000', '\ud83c', '🌊', 'é', 'a'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));
const anyText = fc.oneof(hostile, fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string({ unit: 'binary' }));

describe('text in a campaign', () => {
  it('holds no merge syntax, whatever was typed', () => {
    fc.assert(fc.property(anyText, (text) => !/\*\||\|\*/.test(cleanText(text))));
  });

  it('fits its bytes, is well formed and stays on one line', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 300 }), (text, bytes) => {
        const cleaned = cleanText(text, bytes);
        expect(Buffer.byteLength(cleaned)).toBeLessThanOrEqual(bytes);
        expect(cleaned.isWellFormed()).toBe(true);
        expect(cleaned).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(cleanText(cleaned, bytes)).toBe(cleaned);
      }),
    );
  });

  it.each([
    ['Ana *|HTML:<b>|* Cruz', 'Ana Cruz'],
    ['*|FN*|X|*AME|*', 'AME'],
    ['*|*|A|*|*B', 'B'],
    ['*|IF:\nX|*Ana', 'Ana'],
    ['**|X|*|EVIL|*', ''],
    ['Ana *|HTML:', 'Ana HTML:'],
    ['2 * 3 | 4', '2 * 3 | 4'],
    ['  Zoë\t 🌊  ', 'Zoë 🌊'],
  ])('makes %j into %j', (typed, shown) => {
    expect(cleanText(typed)).toBe(shown);
  });

  it('is not slow on a text made to be slow', () => {
    const started = performance.now();
    cleanText('*| '.repeat(300_000));
    cleanText(`${'*|'.repeat(300)}X${'|*'.repeat(300)}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('clipping', () => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const characters = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment);

  it('ends where a character ends, and gives up no byte it could keep', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 40 }), (text, bytes) => {
        const clipped = clipBytes(text, bytes);
        const whole = characters(text);
        const count = characters(clipped).length;
        expect(clipped).toBe(whole.slice(0, count).join(''));
        const withNext = whole.slice(0, count + 1).join('');
        expect(clipped === text || Buffer.byteLength(withNext) > bytes).toBe(true);
      }),
    );
  });

  it('counts bytes, not characters', () => {
    expect(cleanText('é'.repeat(200))).toBe('é'.repeat(127));
    expect(cleanText('a'.repeat(300))).toBe('a'.repeat(255));
    expect(clipBytes('a👩‍👩‍👧', 10)).toBe('a');
  });
});
