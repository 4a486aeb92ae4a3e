import type { Stage } from '../../stages.ts';
import { linkToQuery, type SavedQueryName } from '../saved-queries.ts';

/** The headings of RUNBOOK.md. An alarm can name no other, and a test finds each of them there. */
export const RUNBOOK_HEADINGS = [
  'Function errors',
  'Function throttled',
  'Function near its timeout',
  'Account concurrency',
  'Queue falling behind',
  'Dead letters',
  'Webhook API errors',
  'Webhooks refused',
  'Old webhook key in use',
  'No webhook for long',
  'No webhook in opening hours',
  'Webhook quarantined',
  'Webhook key in other hands',
  'Bookings returned to an earlier state',
  'Booking parked',
  'FareHarbor refuses our keys',
  'Bookings found by the sweep',
  'Bookings lagging',
  'Reconcile does not run',
  'Sink paused',
  'Circuit open',
  'Vendor failing',
  'Vendor limits us',
  'Vendor slow',
  'Salesforce sign-in fails',
  'Destination falling behind',
  'Bookings late',
  'Volume abnormal',
  'Salesforce day limit',
  'Model budget',
  'Model not answering',
  'Rules instead of the model',
  'Spending more than planned',
] as const;
export type RunbookHeading = (typeof RUNBOOK_HEADINGS)[number];

/** What an alarm's description is made of. */
export interface AlarmText {
  /** What guests and staff notice while it is on. */
  readonly impact: string;
  readonly runbook: RunbookHeading;
  /** The question to ask of the logs first. */
  readonly query: SavedQueryName;
  /** The log groups that it is asked of; default: all that the query reads. */
  readonly logGroupNames?: readonly string[];
}

/** The address that a heading of a Markdown file has on GitHub, GitLab and the like. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * What the person on call reads first: CloudWatch takes 1,024 characters. Each part is a line of its own, and what can
 * be opened is a link.
 */
export function descriptionOf({ name, alarms }: Stage, { impact, runbook, query, logGroupNames }: AlarmText): string {
  const where = alarms.runbookUrl === null ? 'in RUNBOOK.md' : `${alarms.runbookUrl}#${anchorOf(runbook)}`;
  const link = linkToQuery(name, query, logGroupNames);
  return [`Impact: ${impact}`, `Runbook: "${runbook}" ${where}`, `Logs: ${link}`].join('\n');
}
