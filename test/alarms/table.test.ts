import { describe, expect, it } from 'vitest';
import { rowsApart } from './table.ts';

const row = (after: string, fault = 'the vendor fails') => `| crm-errors | page | ${fault} | once | ${after} |`;

describe('two tables', () => {
  it.each([
    ['2 min', '2 min'],
    ['2 min', '20 min'],
    ['60 min', '90 min'],
    ['26 h', '26.5 h'],
    ['20 min', 'dev 2 min, prod 20 min'],
    ['never', 'never'],
  ])('agree on %s and %s, a step apart at most', (one, other) => {
    expect(rowsApart(row(one), row(other))).toEqual([]);
    expect(rowsApart(row(other), row(one))).toEqual([]);
  });

  it.each([
    ['2 min', '60 min'],
    ['60 min', '2 h'],
    ['26 h', '28 h'],
    ['2 min', 'never'],
    ['dev 2 min, prod 20 min', 'dev 60 min, prod 20 min'],
    ['dev 2 min', 'prod 2 min'],
  ])('do not agree on %s and %s', (one, other) => {
    expect(rowsApart(row(one), row(other))).toEqual([row(one)]);
  });

  it('do not agree where a row is another, or missing', () => {
    expect(rowsApart(row('2 min'), row('2 min', 'it is slow'))).toEqual([row('2 min')]);
    expect(rowsApart(row('2 min'), '')).toEqual([row('2 min')]);
    expect(rowsApart(row('2 min'), [row('2 min'), row('2 min')].join('\n'))).toEqual([`missing: ${row('2 min')}`]);
  });
});
