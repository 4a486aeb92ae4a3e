import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { isDue, type Review } from '../../shared/acts/review.ts';
import { listReviews, readReview, readReviews, reviewWrites } from '../../shared/acts/reviews-table.ts';
import { lookAgain } from '../../shared/webhook/look-again.ts';
import type { Deployed } from './deployed.ts';

/** The reviews that wait for a person, then those that are approved and still to be done; oldest first. */
export async function openReviews({ dynamo, tables }: Deployed): Promise<Review[]> {
  const [open, due] = await Promise.all([
    listReviews(dynamo, tables.operations, 'open'),
    listReviews(dynamo, tables.operations, 'due'),
  ]);
  const ids = [...open, ...due].map(({ id }) => id);
  const reviews = await readReviews(dynamo, tables.operations, ids);
  return ids.flatMap((id) => reviews.get(id) ?? []);
}

/** What a person says to a proposal. */
export type Answer =
  | { readonly state: 'approved' | 'rejected' }
  | { readonly state: 'edited'; readonly edited: string | number };

export type Outcome =
  /** It is said; where it is a yes, it is done in a moment. */
  | { readonly kind: 'answered'; readonly review: Review }
  /** The same was said before; it is done in a moment, or was. */
  | { readonly kind: 'before'; readonly review: Review }
  /** Too late: something else was said, or something else is proposed by now. */
  | { readonly kind: 'refused'; readonly review: Review }
  | { readonly kind: 'unknown' };

/**
 * Takes a person's answer, once: whoever comes second is told what the first one said. A yes is done by enrichment, with
 * the booking's next version; should the message that asks for that be lost, reconcile asks again.
 */
export async function answer(
  stage: Deployed,
  id: string,
  given: Answer,
  { by, now }: { readonly by: string; readonly now: Date },
): Promise<Outcome> {
  const { dynamo, tables } = stage;
  const review = await readReview(dynamo, tables.operations, id);
  if (review === undefined) return { kind: 'unknown' };
  if (review.state !== 'pending') return await late(stage, review, given);
  const next = { ...review, ...given, by, at: now.toISOString() };
  try {
    const TransactItems = reviewWrites(tables.operations, review, next, now);
    await dynamo.send(new TransactWriteItemsCommand({ TransactItems }));
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    // Somebody was quicker: what they said holds.
    const now = await readReview(dynamo, tables.operations, id);
    return now === undefined ? { kind: 'unknown' } : await late(stage, now, given);
  }
  if (isDue(next)) await execute(stage, next);
  return { kind: 'answered', review: next };
}

/** Said again: a yes that is still to be done is asked for again. */
async function late(stage: Deployed, review: Review, given: Answer): Promise<Outcome> {
  if (isDue(review) && given.state === review.state) await execute(stage, review);
  const wasYes = given.state === 'approved' && (review.state === 'executed' || review.state === 'approved');
  const same = wasYes || given.state === review.state;
  const sameEdit = given.state !== 'edited' || given.edited === review.edited;
  return { kind: same && sameEdit ? 'before' : 'refused', review };
}

async function execute(stage: Deployed, { company, uuid }: Pick<Review, 'company' | 'uuid'>): Promise<void> {
  const queueUrl = await stage.queueUrl('bookings');
  await lookAgain(stage.sqs, queueUrl, () => new Date())({ company, uuid });
}
