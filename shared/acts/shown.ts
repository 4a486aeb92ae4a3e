import type { BookingRecord } from '../records/booking-record.ts';
import { segmentSchema, type Understanding } from '../understanding/understanding.ts';
import type { Act, Action } from './act.ts';
import { standOf } from './decide.ts';
import type { Policies } from './policies.ts';

type Acted = Pick<BookingRecord, 'booking' | 'understanding' | 'acts'>;

/** What destinations may show of an understanding; what is missing leaves theirs as it is. */
export interface Shown {
  readonly score?: Pick<Understanding['leadScore'], 'value' | 'reasons'> & Pick<Understanding, 'risk'>;
  readonly segment?: Pick<Understanding, 'segment' | 'churnRisk' | 'interests' | 'upsell' | 'guest'>;
  readonly route?: Pick<Understanding['leadScore'], 'routing'>;
  /** Null: the model wrote none. */
  readonly summary?: string | null;
  readonly tag?: Understanding['segment'];
}

/**
 * Whether an action may be written now: it was let be written when it was decided, and no policy has become stricter
 * since. A record from before there were policies goes by those of now.
 * @returns the act, where it may.
 */
export function writableAct(action: Action, record: Acted, policies: Policies): Act | undefined {
  const now = standOf(action, record, policies);
  const act: Act = record.acts?.[action] ?? now;
  if (act.does !== 'write') return undefined;
  if (now.does === 'write') return act;
  return now.does === 'review' && act.approval !== undefined ? act : undefined;
}

/** What may be shown of a record now, with what people have put in place of it. */
export function shownOf(record: Acted, policies: Policies): Shown {
  const { leadScore, segment, churnRisk, interests, upsell, guest, risk, summary } = record.understanding;
  const acts = {
    score: writableAct('score', record, policies),
    segment: writableAct('segment', record, policies),
    route: writableAct('route', record, policies),
    summary: writableAct('summary', record, policies),
    tag: writableAct('tag', record, policies),
  };
  return {
    ...(acts.score && { score: { ...scoreWith(acts.score, leadScore), risk } }),
    ...(acts.segment && {
      segment: { segment: segmentWith(acts.segment, segment), churnRisk, interests, upsell, guest },
    }),
    ...(acts.route && { route: { routing: routingWith(acts.route, leadScore.routing) } }),
    ...(acts.summary && { summary: String(editOn(acts.summary) ?? summary ?? '') || null }),
    ...(acts.tag && { tag: segmentWith(acts.tag, segment) }),
  };
}

/** What a person put in place of what is proposed; an act that is automatic by now goes by itself. */
function editOn({ mode, approval }: Act): string | number | undefined {
  return mode === 'assisted' ? approval?.edited : undefined;
}

function scoreWith(act: Act, { value, reasons }: Understanding['leadScore']) {
  const edited = editOn(act);
  if (typeof edited !== 'number') return { value, reasons };
  return { value: edited, reasons: [`set to ${edited} by ${act.approval?.by ?? 'a person'}`, ...reasons] };
}

function segmentWith(act: Act, segment: Understanding['segment']): Understanding['segment'] {
  return segmentSchema.safeParse(editOn(act)).data ?? segment;
}

function routingWith(act: Act, routing: 'rep' | 'nurture'): 'rep' | 'nurture' {
  const edited = editOn(act);
  return edited === 'rep' || edited === 'nurture' ? edited : routing;
}
