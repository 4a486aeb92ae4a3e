import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Log, Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { askEnrichment } from '../../../shared/webhook/ask-enrichment.ts';
import type { Pending } from '../../../shared/webhook/verification.ts';
import type { VerificationList } from '../../../shared/webhook/verifications.ts';
import { askInPace, PACE, type Pace } from './ask-in-pace.ts';

export interface VerifyPendingDeps {
  readonly list: Pick<VerificationList, 'all' | 'still'>;
  /** Has enrichment ask FareHarbor for the booking. */
  readonly ask: (pending: Pending) => Promise<void>;
  /** Milliseconds that this may take. */
  readonly withinMs: number;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly pace?: Pace;
}

const TICK_MS = 100;
/** A backfill works its own notes off within minutes; older ones were left by one that was ended. */
const LEFT_BEHIND_MS = 10 * 60_000;

/**
 * Has bookings verified that are noted for it: those taken from a webhook's body first, the longest waiting first.
 * Enrichment does it, as the one writer and in the order of the booking's own group, so no answer can be older than
 * what it replaces. It asks with the background share of the budget; a note it has no call left for stays, and is
 * asked for again as long as the run has time, and in the next run.
 */
export async function verifyPending(deps: VerifyPendingDeps): Promise<void> {
  const { list, log, meter, now, pause, withinMs, pace = PACE } = deps;
  const start = now().getTime();
  const noted = await list.all();
  meter.count(METRIC.verificationsPending, noted.filter(({ reason }) => reason !== 'backfill').length);
  const due = dueOf(noted, start);
  if (due.length === 0) return;
  const asker = askInPace(deps);
  asker.offer(due);
  let answered = 0;
  let inVain = 0;
  // Where a whole window got no answer, the next would get none either.
  while (asker.open + asker.waiting > 0 && inVain < pace.window && now().getTime() - start < withinMs) {
    const answers = await asker.tick();
    answered += answers.answered.length;
    inVain = answers.answered.length > 0 ? 0 : inVain + answers.unanswered.length;
    asker.offer(answers.unanswered);
    await pause(TICK_MS);
  }
  log.info('verify.asked', { pending: due.length, answered, left: due.length - answered });
}

/** Bookings that may be inventions are asked for with a quarter of what a minute allows at the very most. */
const MOST_STRANGERS = 150;

const FIRST: readonly Pending['reason'][] = ['unverified', 'missed', 'restored', 'before-us', 'stranger', 'backfill'];

function dueOf(noted: readonly Pending[], at: number): Pending[] {
  const isDue = ({ reason, notedAt }: Pending) => reason !== 'backfill' || at - Date.parse(notedAt) >= LEFT_BEHIND_MS;
  const rank = ({ reason }: Pending) => FIRST.indexOf(reason);
  const due = noted.filter(isDue).sort((a, b) => rank(a) - rank(b) || a.notedAt.localeCompare(b.notedAt));
  let strangers = 0;
  return due.filter(({ reason }) => {
    strangers += reason === 'stranger' ? 1 : 0;
    return reason !== 'stranger' || strangers <= MOST_STRANGERS;
  });
}

/** Puts the question into the bookings queue, in the booking's own group. */
export function askToVerify(sqs: SQSClient, queueUrl: string, now: () => Date): VerifyPendingDeps['ask'] {
  return askEnrichment(sqs, queueUrl, 'verify', now);
}
