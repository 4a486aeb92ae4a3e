import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { ACTIONS, type Act, type Action } from '../../../shared/acts/act.ts';
import type { Reviews } from '../../../shared/acts/decide.ts';
import { proposalOf } from '../../../shared/acts/proposal.ts';
import { isDue, isOpen, type Review } from '../../../shared/acts/review.ts';
import { reviewWrites } from '../../../shared/acts/reviews-table.ts';
import { RetryableError } from '../../../shared/errors/errors.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';

interface Step {
  readonly before: Review | undefined;
  readonly next: Omit<Review, 'revision'>;
}

/**
 * The writes that bring reviews along with a version: a person is asked; what they approved counts as done; what is
 * proposed no longer is superseded. They are in the version's own transaction, each on condition that the review is
 * as it was read, so that an approval is executed once whatever is repeated, and none is lost.
 * @param reviews as they are now, of all that both versions name.
 * @throws RetryableError where a person was quicker: the whole is decided again.
 */
export function reviewSteps(
  next: BookingRecord,
  before: BookingRecord | undefined,
  reviews: Reviews,
  { table, now }: { readonly table: string; readonly now: Date },
): TransactWriteItem[] {
  const steps = ACTIONS.flatMap((action): Step[] => {
    const [was, is] = [before?.acts?.[action], next.acts?.[action]];
    const left = was?.review === is?.review ? undefined : was?.review;
    return [...leave(left, reviews, now), ...(is === undefined ? [] : follow(action, is, next, { reviews, now }))];
  });
  return steps.flatMap((step) => reviewWrites(table, step.before, step.next, now));
}

/** What was asked before and is not any more. */
function leave(id: string | undefined, reviews: Reviews, now: Date): Step[] {
  const review = id === undefined ? undefined : reviews.get(id);
  if (review === undefined || !isOpen(review)) return [];
  return [{ before: review, next: { ...review, state: 'superseded', at: now.toISOString() } }];
}

interface Known {
  readonly reviews: Reviews;
  readonly now: Date;
}

function follow(action: Action, act: Act, record: BookingRecord, { reviews, now }: Known): Step[] {
  if (act.review === undefined) return [];
  const review = reviews.get(act.review);
  const at = now.toISOString();
  if (act.does === 'review') return ask(action, act.review, record, { review, at });
  if (act.does === 'write' && review !== undefined && isDue(review)) {
    return [{ before: review, next: { ...review, state: 'executed' } }];
  }
  return [];
}

function ask(
  action: Action,
  id: string,
  { uuid, company, version, understanding }: BookingRecord,
  { review, at }: { readonly review: Review | undefined; readonly at: string },
): Step[] {
  if (review?.state === 'pending') return [];
  const proposal = proposalOf(action, understanding);
  if ((review !== undefined && review.state !== 'superseded') || proposal === null) {
    throw new RetryableError('review.moved', `review ${id} was answered meanwhile`, { waitSeconds: 1 });
  }
  const made = { id, company, uuid, action, version, proposal, state: 'pending', madeAt: at } as const;
  return [{ before: review, next: made }];
}
