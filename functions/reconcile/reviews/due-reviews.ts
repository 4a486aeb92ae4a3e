import type { ListedReview } from '../../../shared/acts/reviews-table.ts';
import type { Log } from '../../../shared/observability/logger.ts';
import type { LookAgain } from '../../../shared/webhook/look-again.ts';
import { backoff } from '../hints/backoff.ts';

export interface DueReviewsDeps {
  /** The reviews that a person has said yes to and that are still to be done. */
  readonly listDue: () => Promise<ListedReview[]>;
  /** Has enrichment look again at a booking. */
  readonly lookAgain: LookAgain;
  readonly log: Log;
  readonly now: () => Date;
}

/** The command that took the yes has sent a message itself, which is on its way for so long: milliseconds. */
const ON_ITS_WAY_MS = 2 * 60_000;
/** Messages of one run. */
const MOST = 20;

/**
 * Has bookings looked at again whose approved review nobody has executed: the message that asked for it was lost, or all
 * AI is stopped. Each less and less often; a look too many changes nothing.
 */
export function dueReviews({ listDue, lookAgain, log, now }: DueReviewsDeps): () => Promise<void> {
  const waits = backoff();
  return async () => {
    const at = now().getTime();
    const reviews = await listDue();
    waits.keepOnly(reviews.map(({ id }) => id));
    const late = reviews.filter(({ id, since }) => at - Date.parse(since) >= ON_ITS_WAY_MS && waits.isOver(id, at));
    for (const { id, company, uuid } of late.slice(0, MOST)) {
      await lookAgain({ company, uuid });
      waits.note(id, at);
    }
    if (late.length > 0) log.info('reviews.asked-again', { due: reviews.length, late: late.length });
  };
}
