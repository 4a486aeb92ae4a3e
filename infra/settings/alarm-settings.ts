import * as z from 'zod';
import { ConfigurationError } from '../../shared/errors/errors.ts';
import { describeIssues } from '../../shared/settings/issues.ts';

const address = z.email('is not an e-mail address');

/** Who hears a stage's alarms, and what is usual there. Everything may be left out. */
export const alarmSettingsSchema = z.strictObject({
  /** Who is woken: bookings are being lost or not synced at all. */
  pageEmails: z.array(address).default([]),
  /** Who is told for the next working day: something waits for a person. */
  ticketEmails: z.array(address).default([]),
  /** Minutes that a message may wait before the destinations count as stale. */
  queueAgeMinutes: z.int().min(1).max(60).default(5),
  /** Hours without any webhook, 1–24, after which somebody is told; null where that is usual. */
  silenceHours: z.int().min(1).max(24).nullable().default(24),
  /** Calls of Lambda at one moment that the account may make in this region (Service Quotas); a new one has 10. */
  accountConcurrency: z.int().min(10).default(1000),
  /** Dollars of 24 hours for what grows (functions' time, writes, webhooks) above which something is wrong. */
  dollarsPerDay: z.number().positive().default(5),
  /** Where RUNBOOK.md can be read in a browser, so that alarms link to its sections; null where it is not. */
  runbookUrl: z
    .url('is not an address')
    .max(120, 'is too long for the description of an alarm')
    .nullable()
    .default(null),
});
export type AlarmSettings = z.infer<typeof alarmSettingsSchema>;
/** As an operator writes it. */
export type AlarmSettingsInput = z.input<typeof alarmSettingsSchema>;

/**
 * Checks what a stage's settings say of alarms.
 * @throws ConfigurationError naming each wrong key and what is expected.
 */
export function parseAlarmSettings(input: unknown): AlarmSettings {
  const parsed = alarmSettingsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`alarm settings: ${describeIssues(parsed.error)}`);
}
