import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../infra/evaluate/csv.ts';
import { OWN_COLUMNS, OWN_HEADER, ownHistoryOf } from '../../../infra/evaluate/own-history.ts';

const LINE = 'b1,2026-05-01,2026-05-31,4,2,1,0,1,1,0,0.5,cancelled';

describe('an operator’s own file', () => {
  const read = (line: string, header = OWN_HEADER) => ownHistoryOf(parseCsv(`${header}\n${line}\n`));

  it('names every column in its first line', () => {
    expect(OWN_HEADER.split(',').sort()).toEqual(Object.keys(OWN_COLUMNS).sort());
  });

  it('may have its columns in any order, and others, which are not looked at', () => {
    const [plain] = read(LINE);
    const header = `country,${OWN_HEADER.split(',').reverse().join(',')}`;
    expect(read(`PRT,${LINE.split(',').reverse().join(',')}`, header)).toEqual([plain]);
  });

  it.each([
    ['b1,2026-04-31,2026-05-31,4,2,1,0,1,1,0,0.5,came', 'line 2: booked_on: expected a day such as 2026-05-31.'],
    ['b1,2026-06-01,2026-05-31,4,2,1,0,1,1,0,0.5,came', 'line 2: tour_on: expected no day before booked_on.'],
    ['b1,2026-05-01,2026-05-31,-4,2,1,0,1,1,0,0.5,came', 'line 2: party_size: expected a whole number, 0 or more.'],
    ['b1,2026-05-01,2026-05-31,4,,1,0,1,1,0,0.5,came', 'line 2: children: expected a whole number, 0 or more.'],
    ['b1,2026-05-01,2026-05-31,4,2,1,0,1,yes,0,0.5,came', 'line 2: affiliate: expected 0 or 1.'],
    ['b1,2026-05-01,2026-05-31,4,2,1,0,1,1,0,50,came', 'line 2: paid_share: expected 0 to 1, or nothing.'],
    ['b1,2026-05-01,2026-05-31,4,2,1,0,1,1,0,,left', 'line 2: outcome: expected came, cancelled or no-show.'],
    [',2026-05-01,2026-05-31,4,2,1,0,1,1,0,,came', 'line 2: booking: expected a value.'],
    [`${LINE}\n${LINE}`, 'line 3: the booking of line 2 again.'],
  ])('is answered with the line and what was expected: %s', (line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  it('is told which columns are missing', () => {
    expect(() => read('b1,came', 'booking,outcome')).toThrow(/^line 1: booked_on, .* missing/);
  });
});
