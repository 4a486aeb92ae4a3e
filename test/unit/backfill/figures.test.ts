import { describe, expect, it } from 'vitest';
import { type Figures, lineOf, secondsLeft } from '../../../infra/backfill/figures.ts';

describe('the time left', () => {
  const course = { listCalls: 50, shareOfRun: 0.5, share: 0.5, found: 1000, toVerify: 40, callsPerSecond: 9 };

  it('is what is still to be listed, found and read, at the rate so far', () => {
    expect(secondsLeft(course)).toBe(Math.ceil((50 + 1000 + 40) / 9));
  });

  it('is only what is still to be read when all is listed', () => {
    expect(secondsLeft({ ...course, share: 1 })).toBe(Math.ceil(40 / 9));
    expect(secondsLeft({ ...course, share: 1, toVerify: 0 })).toBe(0);
  });

  it('counts what an earlier run found for the share that both made', () => {
    // A tenth of the way in this run cost ten lists; the half behind held 1,000 bookings.
    expect(secondsLeft({ ...course, listCalls: 10, shareOfRun: 0.1 })).toBe(Math.ceil((50 + 1000 + 40) / 9));
  });

  it('is unknown before anything is known', () => {
    expect(secondsLeft({ ...course, callsPerSecond: 0 })).toBeUndefined();
    expect(secondsLeft({ ...course, share: 0, shareOfRun: 0 })).toBeUndefined();
    expect(secondsLeft({ ...course, shareOfRun: 0 })).toBeUndefined();
  });
});

describe('the line', () => {
  const figures: Figures = {
    listed: 120,
    found: 100,
    verified: 80,
    toVerify: 20,
    brought: 60,
    left: 0,
    waiting: 20,
    callsPerSecond: 9.34,
    share: 0.25,
    secondsLeft: 500,
    trouble: undefined,
  };

  it('tells people where it stands', () => {
    expect(lineOf(figures)).toBe(
      '25 % of the lists, 120 bookings listed, 100 to bring · 80 read from FareHarbor (9.3 calls/s) · 60 in every destination, 20 waiting · about 8 min left',
    );
  });

  it('tells of what is left to others, and of trouble', () => {
    const line = lineOf({ ...figures, left: 3, secondsLeft: undefined, trouble: 'a destination takes nothing' });
    expect(line).toContain('3 left to go one by one');
    expect(line).toContain('time left unknown yet');
    expect(line).toMatch(/a destination takes nothing$/);
  });
});
