import { createHash } from 'node:crypto';
import { ACTIONS, type Action } from '../../../shared/acts/act.ts';
import type { Decided } from '../../../shared/acts/decisions-table.ts';
import { type Proposal, proposalOf } from '../../../shared/acts/proposal.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';

/** The entry that says what was decided about a version, from what, and what is done with it. */
export function decisionOf(record: BookingRecord): Decided {
  const { uuid, company, version, changedAt, understanding, acts = {} } = record;
  const { features, mode, rulesReason, lineage, leadScore, segmentReasons, churnReasons, upsell, risk } = understanding;
  const entries = ACTIONS.flatMap((action) => {
    const act = acts[action];
    return act === undefined ? [] : [[action, { ...act, output: outputOf(action, record) }] as const];
  });
  return {
    kind: 'decided',
    uuid,
    company,
    version,
    at: changedAt,
    features,
    readBy: mode,
    rulesReason,
    model: lineage && modelOf(lineage),
    reasons: {
      score: leadScore.reasons,
      segment: segmentReasons,
      churn: churnReasons,
      upsell: upsell?.reasons ?? [],
      routing: [leadScore.routingReason].filter((reason) => reason !== ''),
      cancellation: risk?.cancellation.reasons ?? [],
      noShow: risk?.noShow.reasons ?? [],
    },
    acts: Object.fromEntries(entries),
  };
}

function modelOf({ model: name, ...rest }: NonNullable<BookingRecord['understanding']['lineage']>): Decided['model'] {
  return { name, ...rest };
}

/**
 * What would be written. A summary, which speaks of a guest, is told apart by a digest alone: nothing is ever deleted
 * where this is kept, and a guest may ask for just that.
 */
function outputOf(action: Action, { understanding }: BookingRecord): Proposal | null {
  const proposal = proposalOf(action, understanding);
  if (action !== 'summary' || proposal === null) return proposal;
  const digest = createHash('sha256').update(String(proposal.summary)).digest('hex').slice(0, 16);
  return { digest, characters: String(proposal.summary).length };
}
