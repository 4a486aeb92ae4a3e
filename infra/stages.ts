import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ConfigurationError } from '../shared/errors/errors.ts';
import { parseSettings, type Settings } from '../shared/settings/settings.ts';
import { type AlarmSettings, type AlarmSettingsInput, parseAlarmSettings } from './settings/alarm-settings.ts';
import { devAlarms, devSettings } from './settings/dev.ts';
import { prodAlarms, prodSettings } from './settings/prod.ts';

export type StageName = 'dev' | 'prod';
/** A stage's name stands in those of queues, functions and alarms: a test proves that the longest one fits there. */
export const STAGE_NAME = /^[a-z][a-z0-9]{0,15}$/;
export const FUNCTION_NAMES = ['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];
export type ConsumerName = Exclude<FunctionName, 'ingest' | 'reconcile'>;

/** What differs between deployments. What the operator sells and to whom it is told is in `settings`. */
export interface Stage {
  /** Of `STAGE_NAME`'s form. */
  readonly name: string;
  readonly settings: Settings;
  /** Tables, secrets and logs outlive the stack, and neither they nor the stacks can be deleted by mistake. */
  readonly protected: boolean;
  readonly logs: {
    readonly level: 'INFO' | 'WARN' | 'ERROR';
    /**
     * The share of webhooks, 0–1, of which every call to a vendor is told, in all functions. Only our own lines, which
     * hold nothing personal: at this level libraries would print what they are given.
     */
    readonly debugShare: number;
    readonly retention: RetentionDays;
  };
  /**
   * The API's throttle. A 429 is a failed delivery to FareHarbor, so this only has to stop a flood: it stands well
   * above what FareHarbor sends (it speaks to one operator in tens of webhooks a second at the very most).
   */
  readonly webhooks: { readonly perSecond: number; readonly burst: number };
  /** MB, with which a function's share of a processor grows. They follow from a sweep (`npm run bench -- --memory`), as a test checks. */
  readonly memory: Readonly<Record<FunctionName, number>>;
  /**
   * The most batches of one queue in work at a time (2–1000). It is what keeps a destination's limits: Mailchimp allows
   * 10 connections, Salesforce 25 long-running requests. No concurrency is reserved: on a FIFO queue that throttles and
   * burns receive counts, and a new AWS account has none to give away.
   */
  readonly concurrency: Readonly<Record<ConsumerName, number>>;
  readonly alarms: Omit<AlarmSettings, 'queueAgeMinutes'> & {
    /** How long a message may wait before the destinations count as stale. */
    readonly queueAge: Duration;
  };
}

const common = {
  webhooks: { perSecond: 200, burst: 400 },
  memory: { ingest: 160, enrichment: 256, 'crm-sync': 208, 'marketing-sync': 208, reconcile: 512 },
  concurrency: { enrichment: 10, 'crm-sync': 5, 'marketing-sync': 5 },
} satisfies Partial<Stage>;

function alarmsOf(input: AlarmSettingsInput): Stage['alarms'] {
  const { queueAgeMinutes, ...others } = parseAlarmSettings(input);
  return { ...others, queueAge: Duration.minutes(queueAgeMinutes) };
}

/** Connections that Mailchimp allows a user at one moment, over everything the operator has there. */
const MAILCHIMP_CONNECTIONS = 10;
/** Those that our commands may open beside the functions: a backfill two, provisioning one. */
const COMMANDS_CONNECTIONS = 3;
/** An environment of marketing-sync works on one message at a time, and makes one call after the other. */
const CONNECTIONS_OF_AN_ENVIRONMENT = 1;

/**
 * The stage, if Mailchimp's limit of connections holds with it.
 * @throws ConfigurationError saying what to lower.
 */
export function withinConnections(stage: Stage): Stage {
  const most = Math.floor((MAILCHIMP_CONNECTIONS - COMMANDS_CONNECTIONS) / CONNECTIONS_OF_AN_ENVIRONMENT);
  if (stage.concurrency['marketing-sync'] <= most) return stage;
  throw new ConfigurationError(
    `stages: concurrency.marketing-sync of ${stage.name} may be ${most} at most: Mailchimp allows ${MAILCHIMP_CONNECTIONS} connections at once, and commands need ${COMMANDS_CONNECTIONS}`,
  );
}

/** Made only when asked for, so that wrong settings of one stage do not stop the other. */
const STAGES: Readonly<Record<StageName, () => Stage>> = {
  dev: () => ({
    ...common,
    name: 'dev',
    settings: parseSettings(devSettings),
    protected: false,
    logs: { level: 'INFO', debugShare: 1, retention: RetentionDays.TWO_WEEKS },
    alarms: alarmsOf(devAlarms),
  }),
  prod: () => ({
    ...common,
    name: 'prod',
    settings: parseSettings(prodSettings),
    protected: true,
    logs: { level: 'INFO', debugShare: 0.01, retention: RetentionDays.THREE_MONTHS },
    alarms: alarmsOf(prodAlarms),
  }),
};

/**
 * The stage of that name.
 * @throws ConfigurationError naming the stages there are, or what of its settings or its concurrency does not fit.
 */
export function stageNamed(name: string): Stage {
  if (name === 'dev' || name === 'prod') return withinConnections(STAGES[name]());
  throw new ConfigurationError(`stage: '${name}' does not exist; choose ${Object.keys(STAGES).join(' or ')}`);
}
