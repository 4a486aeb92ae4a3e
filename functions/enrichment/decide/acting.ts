import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { decide, reviewsAsked } from '../../../shared/acts/decide.ts';
import { appendDecision } from '../../../shared/acts/decisions-table.ts';
import type { Policies } from '../../../shared/acts/policies.ts';
import { readReviews } from '../../../shared/acts/reviews-table.ts';
import type { PoliciesOf } from '../../../shared/acts/trusted-policies.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import { appendChanges, numberChanges } from '../history.ts';
import type { EnrichDeps } from '../observation.ts';
import type { UnderstandInput } from '../understanding/understand.ts';
import { decisionOf } from './decision-of.ts';
import { reviewSteps } from './review-steps.ts';

export interface ActingDeps {
  readonly dynamo: DynamoDBClient;
  readonly tables: { readonly operations: string; readonly decisions: string };
  readonly policiesOf: PoliciesOf;
  readonly settings: Settings;
  readonly now: () => Date;
}

export interface Acting extends Pick<EnrichDeps, 'decide' | 'alongside' | 'noteDecided'> {
  /** Understands a booking; while all AI is stopped without asking the model, and noted to be looked at again. */
  understand(
    input: UnderstandInput,
    understand: (input: UnderstandInput) => Promise<Understanding>,
  ): Promise<Understanding>;
}

/**
 * What may be done with an understanding: decided by policies and by what people have said, kept with the version.
 * Nothing is decided anew on the way to a vendor, only held back where policies have become stricter.
 */
export function acting({ dynamo, tables, policiesOf, settings, now }: ActingDeps): Acting {
  const policiesFor = (company: string): Promise<Policies> =>
    policiesOf(company, settings.companies[company]?.acts ?? {});
  const reviewsOf = (ids: readonly string[]) => readReviews(dynamo, tables.operations, ids);

  return {
    async understand(input, understand) {
      const { killed } = await policiesFor(input.booking.company.shortname);
      if (killed === undefined) return await understand(input);
      const silenced = { ...input.settings, model: { ...input.settings.model, enabled: false } };
      const understood = await understand({ ...input, settings: silenced });
      return { ...understood, rulesReason: 'killed' };
    },

    async decide(draft, before) {
      const policies = await policiesFor(draft.company);
      const reviews = await reviewsOf(reviewsAsked(draft, policies, before?.acts));
      const acts = decide(draft, policies, before?.acts, reviews);
      return withOffer({ ...draft, acts }, before);
    },

    async alongside(next, before) {
      const ids = ACTS_OF(next, before).flatMap(({ review }) => review ?? []);
      const reviews = await reviewsOf(ids);
      const at = now();
      return reviewSteps(next, before, reviews, { table: tables.operations, now: at });
    },

    noteDecided: (record) => appendDecision(dynamo, tables.decisions, decisionOf(record)),
  };
}

/** The acts of both versions. */
const ACTS_OF = (next: BookingRecord, before: BookingRecord | undefined) =>
  [next.acts, before?.acts].flatMap((acts) => Object.values(acts ?? {}));

/** An offer that is newly to be told of is a change of this version: each destination that tells it does so once. */
export function withOffer(next: BookingRecord, before: BookingRecord | undefined): BookingRecord {
  const told = new Set(before?.acts?.event?.told);
  const { upsell } = next.understanding;
  const act = next.acts?.event;
  if (upsell === null || act?.told?.includes(upsell.id) !== true || told.has(upsell.id)) return next;
  const { version, changedAt: at, sync } = next;
  const change = {
    kind: 'upsell_recommended',
    offer: upsell.id,
    name: upsell.name,
    approved: act.mode === 'assisted',
  } as const;
  const added = numberChanges(next.changes, [change], { version, at });
  return { ...next, changes: appendChanges(next.changes, added, sync) };
}
