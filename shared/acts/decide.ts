import { isHistory } from '../records/attention.ts';
import type { BookingRecord } from '../records/booking-record.ts';
import { ACTIONS, type Act, type Action, type Acts, type Policy } from './act.ts';
import type { Policies } from './policies.ts';
import { digestOf, type Proposal, proposalOf } from './proposal.ts';
import { isDue, type Review, reviewId } from './review.ts';

/** What deciding needs of a version of the record. */
export type Decided = Pick<BookingRecord, 'uuid' | 'booking' | 'understanding' | 'version' | 'quietThrough'>;

/** Reviews by their ids, as they stand. */
export type Reviews = ReadonlyMap<string, Review>;

type Stand = Pick<Act, 'mode' | 'does' | 'why'>;

/** How far policies let an action go for a booking, whatever people have said. */
export function standOf(action: Action, record: Pick<Decided, 'booking' | 'understanding'>, policies: Policies): Stand {
  const policy = policies.of[action];
  const { mode } = policy;
  if (policies.killed !== undefined) return { mode, does: 'nothing', why: `all AI is stopped (${policies.killed.by})` };
  if (mode === 'off') return { mode, does: 'nothing', why: 'switched off' };
  if (mode === 'shadow') return { mode, does: 'shadow', why: 'shown only here' };
  const outside = outsideOf(policy, record);
  if (outside !== undefined) return { mode, does: 'shadow', why: outside };
  return mode === 'assisted'
    ? { mode, does: 'review', why: 'a person is asked' }
    : { mode, does: 'write', why: 'automatic' };
}

/** Why a booking is outside the threshold or the pilot. By rules alone: no model's word carries a booking over a line. */
function outsideOf(
  { minScore, items, segments }: Policy,
  { booking, understanding }: Pick<Decided, 'booking' | 'understanding'>,
): string | undefined {
  const { byRules } = understanding.leadScore;
  if (minScore !== undefined && byRules < minScore) return `score ${byRules} by rules is below ${minScore}`;
  const { pk } = booking.item;
  if (items !== undefined && (pk === null || !items.includes(pk))) return 'the item is outside the pilot';
  const { segment } = understanding;
  if (segments !== undefined && !segments.includes(segment)) return `segment ${segment} is outside the pilot`;
  return undefined;
}

/**
 * What is done with a version of a booking. A yes of a person holds as long as the same is proposed. History asks nobody
 * and tells nobody.
 * @param before the last version's acts.
 * @param reviews at least those that `reviewsAsked` names.
 */
export function decide(record: Decided, policies: Policies, before: Acts = {}, reviews: Reviews = new Map()): Acts {
  return Object.fromEntries(
    ACTIONS.map((action) => {
      const stand = standOf(action, record, policies);
      const was = before[action];
      const act = actOf(action, record, { stand, was, reviews });
      const told = act.told ?? was?.told;
      const approval = act.approval ?? was?.approval;
      const review = act.review ?? heldReview(action, record, { policies, was, reviews });
      return [action, { ...act, ...(told && { told }), ...(approval && { approval }), ...(review && { review }) }];
    }),
  );
}

/**
 * A review that is neither followed nor given up, though policies let nothing be done just now. While all is stopped
 * that is each of them; else a yes to what is still proposed: it may be this environment that knows of a newer policy
 * a moment later than the one that asked.
 */
function heldReview(
  action: Action,
  record: Decided,
  { policies, was, reviews }: { readonly policies: Policies; readonly was: Act | undefined; readonly reviews: Reviews },
): string | undefined {
  const id = was?.review;
  if (id === undefined || policies.killed !== undefined) return id;
  const { does } = standOf(action, record, policies);
  const review = reviews.get(id);
  const isHeld = does !== 'review' && does !== 'write' && review !== undefined && isDue(review);
  return isHeld && id === idOf(action, record) ? id : undefined;
}

/** The id of the review that would ask about what is proposed. */
function idOf(action: Action, { uuid, understanding }: Decided): string | undefined {
  const proposal = proposalOf(action, understanding);
  return proposal === null ? undefined : reviewId(uuid, action, digestOf(proposal));
}

interface Known {
  readonly stand: Stand;
  readonly was: Act | undefined;
  readonly reviews: Reviews;
}

function actOf(action: Action, record: Decided, known: Known): Act {
  const { stand, was } = known;
  if (stand.does === 'nothing' || stand.does === 'shadow') return stand;
  const proposal = proposalOf(action, record.understanding);
  if (action === 'event') return eventOf(record, proposal, known);
  // Nothing to show is shown where nobody is asked: words of an earlier version do not stay.
  if (stand.does === 'write') return stand;
  if (proposal === null) return { ...stand, does: 'nothing', why: 'there is nothing to propose' };
  const { approval, review } = was ?? {};
  if (approval?.proposal === digestOf(proposal)) {
    return { ...stand, does: 'write', why: approvedBy(approval.by), ...(review && { review }) };
  }
  if (isHistory(record)) return { ...stand, does: 'shadow', why: 'history: nobody is asked' };
  return reviewed(action, record, proposal, known);
}

/** An offer is told of once for a booking that stands, while its tour is not history. */
function eventOf(record: Decided, proposal: Proposal | null, known: Known): Act {
  const { stand, was } = known;
  const nothing = (why: string): Act => ({ ...stand, does: 'nothing', why });
  const { upsell } = record.understanding;
  if (upsell === null || proposal === null) return nothing('there is nothing to recommend');
  if (record.booking.status !== 'booked') return nothing('the booking does not stand');
  const told = was?.told ?? [];
  // Said the same way as long as it is, so that another look finds nothing new.
  if (told.includes(upsell.id)) return was?.does === 'write' ? { ...was, mode: stand.mode } : nothing('told before');
  if (isHistory(record)) return nothing('history: nobody is told');
  const act = stand.does === 'write' ? stand : reviewed('event', record, proposal, known);
  return act.does === 'write' ? { ...act, told: [...told, upsell.id] } : act;
}

/** What a person has said of the proposal, or that one is asked. */
function reviewed(action: Action, { uuid }: Decided, proposal: Proposal, { stand, reviews }: Known): Act {
  const id = reviewId(uuid, action, digestOf(proposal));
  const review = reviews.get(id);
  const { by = '', at = '' } = review ?? {};
  switch (review?.state) {
    case 'approved':
    case 'edited':
    case 'executed': {
      const edited = review.edited === undefined ? {} : { edited: review.edited };
      const approval = { proposal: digestOf(proposal), by, at, ...edited };
      return { ...stand, does: 'write', why: approvedBy(by), review: id, approval };
    }
    case 'rejected':
      return { ...stand, does: 'nothing', why: `rejected by ${by}`, review: id };
    default:
      return { ...stand, review: id };
  }
}

const approvedBy = (by: string): string => `approved by ${by}`;

/** The ids of the reviews that deciding must know of: none where nobody is, or was, to be asked. */
export function reviewsAsked(record: Decided, policies: Policies, before: Acts = {}): string[] {
  if (policies.killed !== undefined) return [];
  return ACTIONS.flatMap((action) => {
    const was = before[action];
    if (standOf(action, record, policies).does !== 'review') return was?.review ?? [];
    const proposal = proposalOf(action, record.understanding);
    if (proposal === null || isHistory(record)) return [];
    const digest = digestOf(proposal);
    return was?.approval?.proposal === digest ? [] : [reviewId(record.uuid, action, digest)];
  });
}
