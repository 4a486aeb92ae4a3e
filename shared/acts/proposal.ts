import { createHash } from 'node:crypto';
import { formatMoney } from '../booking/money.ts';
import type { Understanding } from '../understanding/understanding.ts';
import type { Action } from './act.ts';

/** What an action would write, as a person should see it; null where there is nothing to write. */
export type Proposal = Readonly<Record<string, string | number | null>>;

const REASONS = 'because';
/** Parts that tell why, or drift with time: they change without the proposal becoming another one. */
const BESIDE: ReadonlySet<string> = new Set([REASONS, 'cancellationRisk', 'noShowRisk', 'bands', 'predictedValue']);

/**
 * What an action would write of an understanding.
 * @returns null where there is nothing: no words of a model, no offer.
 */
export function proposalOf(action: Action, understanding: Understanding): Proposal | null {
  const { leadScore, segment, churnRisk, interests, upsell, risk, guest, summary } = understanding;
  switch (action) {
    case 'score':
      return {
        score: leadScore.value,
        cancellationRisk: risk?.cancellation.probability ?? null,
        noShowRisk: risk?.noShow.probability ?? null,
        [REASONS]: leadScore.reasons.join('; '),
      };
    case 'segment':
      return {
        segment,
        churnRisk,
        interests: interests.join(', '),
        upsell: upsell?.name ?? null,
        bands: guest.bands && `${guest.bands.recency}-${guest.bands.frequency}-${guest.bands.money}`,
        predictedValue: guest.predictedValue && formatMoney(guest.predictedValue),
        [REASONS]: understanding.segmentReasons.join('; '),
      };
    case 'route':
      return { routing: leadScore.routing, [REASONS]: leadScore.routingReason };
    case 'summary':
      return summary === null ? null : { summary };
    case 'tag':
      return { segment, [REASONS]: understanding.segmentReasons.join('; ') };
    case 'event':
      return upsell === null ? null : { upsell: upsell.id, name: upsell.name, [REASONS]: upsell.reasons.join('; ') };
  }
}

/** Tells proposals of one action apart, by what would be written and not by its reasons: 16 hexadecimal digits. */
export function digestOf(proposal: Proposal): string {
  const core = Object.entries(proposal).filter(([name]) => !BESIDE.has(name));
  const ordered = core.sort(([a], [b]) => a.localeCompare(b));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex').slice(0, 16);
}
