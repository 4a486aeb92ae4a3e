import type { RecordedChange } from '../../../shared/booking/changes.ts';
import { RetryableError } from '../../../shared/errors/errors.ts';
import type { Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Sink } from '../../../shared/sink/sink.ts';
import { CODE } from './salesforce-errors.ts';

/** The org's API calls of the last 24 hours, those of other programs among them, as a reply of its own said. */
export interface DayUsage {
  readonly used: number;
  readonly limit: number;
  /** When it said so, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Background: backfill, which nobody waits for. Booking: what somebody in the office may be looking for. Cancellation:
 * what somebody stands at the dock for.
 */
export type Work = 'background' | 'booking' | 'cancellation';

export type DayRule = CompanySettings['salesforce']['dayLimit'];

/** Only a call shows that the limit is free again; so after this long one is made, whatever the last figure was. */
const TRUSTED_MS = 600_000;
/** How soon a booking that waits is looked at again: a cancellation of the same guest may stand behind it. */
const WAIT_SECONDS = 60;
const METERED_EVERY_MS = 60_000;

/**
 * Whether work of this kind may call the org now, so that its limit of calls a day (REQUEST_LIMIT_EXCEEDED for every
 * program the operator has) is not ours to exhaust.
 *
 * @param usage what is known of the org's calls; undefined before the first reply, when a call is the way to know.
 * @param now the moment, as `usage.at` counts it.
 */
export function mayGoOn(work: Work, usage: DayUsage | undefined, rule: DayRule, now: number): boolean {
  if (work === 'cancellation' || usage === undefined || usage.limit <= 0) return true;
  if (now - usage.at >= TRUSTED_MS) return true;
  return usage.used / usage.limit < (work === 'background' ? rule.slowAbove : rule.stopAbove);
}

export interface DayLimitDeps {
  /** What is known of the org a company is brought to. */
  readonly usageOf: (company: string) => Promise<DayUsage | undefined>;
  readonly meter: Meter;
  readonly now: () => Date;
}

/**
 * A sink that leaves the last of the day's calls to cancellations: everything else goes back to the queue.
 * @throws RetryableError `salesforce.day-limit` from sync, refresh and leave, before anything is sent.
 */
export function withinDayLimit(sink: Sink, { usageOf, meter, now }: DayLimitDeps): Sink {
  const emit = emitter(meter);
  const ensure = async (work: Work, company: string, { salesforce }: CompanySettings): Promise<void> => {
    const usage = await usageOf(company);
    const at = now().getTime();
    emit(usage, at);
    if (mayGoOn(work, usage, salesforce.dayLimit, at)) return;
    throw new RetryableError(CODE.dayLimit, 'the rest of the day’s calls is kept for cancellations', {
      waitSeconds: WAIT_SECONDS,
    });
  };
  return {
    ...sink,
    async sync(task) {
      const { company, changes, sync } = task.record;
      if (task.settings.salesforce.enabled) {
        await ensure(
          cancels(changes, sync[sink.name]?.version ?? 0) ? 'cancellation' : 'booking',
          company,
          task.settings,
        );
      }
      return await sink.sync(task);
    },
    async refresh(task) {
      if (task.settings.salesforce.enabled) await ensure('booking', task.guest.company, task.settings);
      await sink.refresh(task);
    },
    async leave(task) {
      if (task.settings.salesforce.enabled) await ensure('booking', task.guest.company, task.settings);
      await sink.leave(task);
    },
  };
}

/** Whether something the destination does not hold yet is a cancellation. */
function cancels(changes: readonly RecordedChange[], held: number): boolean {
  return changes.some(({ version, change }) => version > held && change.kind === 'cancelled');
}

/** Emits the share of the day's calls that are used, in percent, once a minute: the highest of any org since then. */
function emitter(meter: Meter): (usage: DayUsage | undefined, at: number) => void {
  let highest = 0;
  let next = 0;
  return (usage, at) => {
    if (usage === undefined || usage.limit <= 0) return;
    highest = Math.max(highest, Math.round((100 * usage.used) / usage.limit));
    if (at < next) return;
    meter.count(METRIC.salesforceCallsUsed, highest);
    [highest, next] = [0, at + METERED_EVERY_MS];
  };
}
