import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ConfigurationError } from '../shared/errors/errors.ts';
import { parseSettings, type Settings } from '../shared/settings/settings.ts';
import { devSettings } from './settings/dev.ts';
import { prodSettings } from './settings/prod.ts';

export type StageName = 'dev' | 'prod';
export type FunctionName = 'ingest' | 'enrichment' | 'crm-sync' | 'marketing-sync' | 'reconcile';
export type ConsumerName = Exclude<FunctionName, 'ingest' | 'reconcile'>;

/** What differs between deployments. What the operator sells and to whom it is told is in `settings`. */
export interface Stage {
  readonly name: StageName;
  readonly settings: Settings;
  /** Tables, secrets and logs outlive the stack, and neither they nor the stacks can be deleted by mistake. */
  readonly protected: boolean;
  /** Never DEBUG: at that level libraries print what they are given, which may be a guest. */
  readonly logLevel: 'INFO' | 'WARN' | 'ERROR';
  readonly logRetention: RetentionDays;
  /**
   * The API's throttle. A 429 is a failed delivery to FareHarbor, so this only has to stop a flood: it stands well
   * above what FareHarbor sends (it speaks to one operator in tens of webhooks a second at the very most).
   */
  readonly webhooks: { readonly perSecond: number; readonly burst: number };
  /** MB. A function's share of CPU grows with it; below 512 the first call of a cold start takes seconds. */
  readonly memory: Readonly<Record<FunctionName, number>>;
  /**
   * The most batches of one queue in work at a time (2–1000). It is what keeps a destination's limits: Mailchimp allows
   * 10 connections, Salesforce 25 long-running requests. No concurrency is reserved: on a FIFO queue that throttles and
   * burns receive counts, and a new AWS account has none to give away.
   */
  readonly concurrency: Readonly<Record<ConsumerName, number>>;
  readonly alarms: {
    /** Who is woken: bookings are being lost or not synced at all. */
    readonly pageEmails: readonly string[];
    /** Who is told for the next working day: something waits for a person. */
    readonly ticketEmails: readonly string[];
    /** How long a message may wait before the destinations count as stale. */
    readonly queueAge: Duration;
    /** Hours without any webhook, 1–24, after which somebody is told; null where that is usual. */
    readonly silenceHours: number | null;
  };
}

const common = {
  logLevel: 'INFO',
  webhooks: { perSecond: 200, burst: 400 },
  memory: { ingest: 512, enrichment: 1024, 'crm-sync': 1024, 'marketing-sync': 512, reconcile: 512 },
  concurrency: { enrichment: 10, 'crm-sync': 5, 'marketing-sync': 5 },
} satisfies Partial<Stage>;

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
    logRetention: RetentionDays.TWO_WEEKS,
    alarms: { pageEmails: [], ticketEmails: [], queueAge: Duration.minutes(15), silenceHours: null },
  }),
  prod: () => ({
    ...common,
    name: 'prod',
    settings: parseSettings(prodSettings),
    protected: true,
    logRetention: RetentionDays.THREE_MONTHS,
    alarms: { pageEmails: [], ticketEmails: [], queueAge: Duration.minutes(5), silenceHours: 24 },
  }),
};

/**
 * The stage of that name.
 * @throws Error naming the stages there are; ConfigurationError when its settings or its concurrency do not fit.
 */
export function stageNamed(name: string): Stage {
  if (name === 'dev' || name === 'prod') return withinConnections(STAGES[name]());
  throw new Error(`stage: '${name}' does not exist; choose ${Object.keys(STAGES).join(' or ')}`);
}
