import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanSummary } from '../../../../functions/enrichment/understanding/clean-summary.ts';

describe('cleanSummary', () => {
  it.each([
    ['A family of four.\n\nVegan.', 'A family of four. Vegan.'],
    ['Hello *|FNAME|*, welcome', 'Hello , welcome'],
    ['half |* and *| half', 'half and half'],
    ['*|*|FNAME|*|* end', 'end'],
    ['go to https://evil.test/x?y=1 now', 'go to now'],
    ['hthttps://x.test ok', 'ok'],
    ['see www.evil.test or evil.com/pay today', 'see or today'],
    ['<img src=x onerror=alert(1)>hi', 'hi'],
    ['mailto:a@b javascript:alert(1) fine', 'fine'],
    ['a\u0000b\u202ec\u200bd', 'abcd'],
    ['Arrives at 9.30 with 2.5 hours spare.They are glad.', 'Arrives at 9.30 with 2.5 hours spare.They are glad.'],
  ])('%j', (written, clean) => {
    expect(cleanSummary(written)).toBe(clean);
  });

  it('gives null where nothing is left', () => {
    expect(['', ' \n', '*|X|*', 'https://x.test', '…'].map(cleanSummary)).toEqual([null, null, null, null, null]);
  });

  it('keeps at most 600 characters', () => {
    expect(cleanSummary('🛶a'.repeat(1000))).toHaveLength(900);
  });

  it('leaves nothing of what it removes, whatever is put together, and has no more to do the second time', () => {
    const pieces = fc.constantFrom(
      '*|',
      '|*',
      '*',
      '|',
      'F',
      '<',
      '>',
      'http',
      '://',
      'www.',
      'a.com',
      '\u0007',
      ' ',
      '🛶',
      'x',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const clean = cleanSummary(parts.join('')) ?? '';
        expect(clean).not.toMatch(/\*\||\|\*|:\/\/|www\.|\p{Cc}/u);
        expect(clean.isWellFormed()).toBe(true);
        expect(cleanSummary(clean) ?? '').toBe(clean);
      }),
      { numRuns: 500 },
    );
  });
});
