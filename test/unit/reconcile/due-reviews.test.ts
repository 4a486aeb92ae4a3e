import { expect, it } from 'vitest';
import { dueReviews } from '../../../functions/reconcile/reviews/due-reviews.ts';
import type { ListedReview } from '../../../shared/acts/reviews-table.ts';
import { listening } from '../shared/quiet.ts';

const START = Date.parse('2026-12-01T12:00:00.000Z');

/** One run after the other, a minute between them; gives the bookings asked for in each. */
async function play(minutes: number, listDue: (at: number) => ListedReview[]): Promise<string[][]> {
  let at = START;
  let asked: string[] = [];
  const run = dueReviews({
    listDue: async () => listDue(at),
    lookAgain: async ({ company, uuid }) => {
      asked.push(`${company} ${uuid}`);
    },
    log: listening().log,
    now: () => new Date(at),
  });
  const runs: string[][] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    asked = [];
    at = START + minute * 60_000;
    await run();
    runs.push(asked);
  }
  return runs;
}
const listed = (n: number, since = START): ListedReview => {
  return { id: `review-${n}`, company: 'kayaks', uuid: `booking-${n}`, since: new Date(since).toISOString() };
};

it('a review whose message was lost is asked for after two minutes, then less and less often, until it is done', async () => {
  const runs = await play(20, (at) => (at < START + 15 * 60_000 ? [listed(1)] : []));
  const when = runs.flatMap((asked, minute) => (asked.length > 0 ? [minute] : []));
  expect(when).toEqual([2, 4, 8]);
  expect(runs[2]).toEqual(['kayaks booking-1']);
});

it('no more than twenty are asked for in one run, and all of them in the end', async () => {
  const all = Array.from({ length: 30 }, (_, n) => listed(n, START - 600_000));
  const [first = [], second = []] = await play(2, () => all);
  expect([first.length, second.length]).toEqual([20, 10]);
  expect(new Set([...first, ...second]).size).toBe(30);
});
