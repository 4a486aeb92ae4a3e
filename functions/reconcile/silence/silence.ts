import type { Log, Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import type { CompanySettings, Settings } from '../../../shared/settings/settings.ts';
import type { LastWebhook } from '../../../shared/webhook/last-webhook.ts';
import { isOpenAt, openMsBetween } from './opening-hours.ts';

/** When each company's last webhook came. */
export interface LastWebhooks {
  read(): Promise<readonly LastWebhook[]>;
  /** Notes since when a webhook is looked for, of a company of which none is known; one that came meanwhile stays. */
  begin(company: string, at: Date): Promise<void>;
}

export interface SilenceDeps {
  readonly settings: Settings;
  readonly lastWebhooks: LastWebhooks;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

const HOUR_MS = 3_600_000;

/**
 * Makes the look of each minute at how long webhooks have been missing. Only opening time counts, so that a night does
 * not add up to an alarm in the morning; and while a company is closed there is none.
 */
export function watchSilence({ settings, lastWebhooks, log, meter, now }: SilenceDeps): () => Promise<void> {
  const watched = Object.entries(settings.companies).filter(([, { openHours }]) => openHours !== null);
  return async () => {
    const at = now();
    const known = new Map(
      watched.length === 0 ? [] : (await lastWebhooks.read()).map((last) => [last.company, last.at]),
    );
    let most = 0;
    for (const [company, own] of watched) {
      const last = known.get(company);
      if (last === undefined) {
        await lastWebhooks.begin(company, at);
        continue;
      }
      const percent = silencePercent(Date.parse(last), at.getTime(), own);
      if (percent >= 100) log.warn('webhook.silence', { company, percent, since: last });
      most = Math.max(most, percent);
    }
    // Also where nobody is watched or all are closed: that there is a figure says that somebody looks.
    meter.count(METRIC.webhookSilence, most);
  };
}

/**
 * How much of the silence that a company allows has passed, in percent; 0 while it is closed.
 * @param last and at, in milliseconds since the epoch.
 */
export function silencePercent(
  last: number,
  at: number,
  { openHours, silenceHours }: Pick<CompanySettings, 'openHours' | 'silenceHours'>,
): number {
  if (openHours === null || !isOpenAt(at, openHours)) return 0;
  return Math.floor((100 * openMsBetween(last, at, openHours)) / (silenceHours * HOUR_MS));
}
