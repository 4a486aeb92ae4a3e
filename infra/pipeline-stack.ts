import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { METRIC } from '../shared/observability/metric-names.ts';
import { Alarms } from './constructs/alarms.ts';
import { PipelineDashboard } from './constructs/dashboard.ts';
import { FifoConsumer } from './constructs/fifo-consumer.ts';
import { watchFreshness } from './constructs/freshness.ts';
import { type Deployment, NodeFunction, type SignalProps } from './constructs/node-function.ts';
import { mayQueryIndex, mayRead, maySend, mayUse, type TableAction } from './constructs/rights.ts';
import { runEvery } from './constructs/schedule.ts';
import { WebhookApi } from './constructs/webhook-api.ts';
import type { DataStack } from './data-stack.ts';
import type { ConsumerName, Stage } from './stages.ts';

/** Seen by ingest (not JSON, no uuid) or by enrichment (an unknown company, a key of another one). */
const QUARANTINED: SignalProps = {
  metric: METRIC.webhookQuarantined,
  threshold: 1,
  severity: 'ticket',
  impact: 'A webhook with a valid key could not be used; what it told of is in neither Salesforce nor Mailchimp.',
  runbook: 'Webhook quarantined',
};

/**
 * FareHarbor → webhook API → ingest → bookings.fifo → enrichment ┬→ crm.fifo → crm-sync → Salesforce
 *                                                                └→ marketing.fifo → marketing-sync → Mailchimp
 * every minute → reconcile → crm.fifo, marketing.fifo (what lags), bookings.fifo (what is not verified, what was missed)
 *
 * Built from right to left, since each part is told where to send.
 */
export class PipelineStack extends Stack {
  readonly #deployment: Deployment;
  readonly #data: DataStack;

  constructor(scope: Construct, id: string, stage: Stage, data: DataStack, props?: StackProps) {
    super(scope, id, props);
    this.#deployment = { stage, alarms: new Alarms(this, 'Alarms', stage) };
    this.#data = data;

    const sinks = {
      crm: this.#sink('crm', 'crm-sync', 'Salesforce', data.secrets.salesforce, ['GetItem']),
      marketing: this.#sink('marketing', 'marketing-sync', 'Mailchimp', data.secrets.mailchimp, []),
    };
    this.#watchDayLimit(sinks.crm);
    const enrichment = this.#enrichment(sinks);
    const reconcile = this.#reconcile(sinks, enrichment);
    const ingest = this.#ingest(enrichment);
    const api = new WebhookApi(this, 'WebhookApi', this.#deployment, ingest);
    new PipelineDashboard(this, 'Dashboard', {
      stage,
      api,
      alarms: this.#deployment.alarms.all,
      functions: {
        ingest,
        enrichment: enrichment.function,
        'crm-sync': sinks.crm.function,
        'marketing-sync': sinks.marketing.function,
        reconcile,
      },
      queues: { bookings: enrichment, ...sinks },
      tables: data.tables,
    });
  }

  /** A destination: it reads the records, makes its vendor equal to them, and notes how far it is. */
  #sink(
    queue: string,
    name: ConsumerName,
    vendor: string,
    secret: Secret,
    onOperations: readonly TableAction[],
  ): FifoConsumer {
    const { bookings, guests, operations, decisions } = this.#data.tables;
    const sink = new FifoConsumer(this, name, this.#deployment, {
      name,
      queue,
      impact: `Bookings and cancellations do not reach ${vendor}: staff there work from old facts.`,
      timeout: Duration.seconds(30),
      environment: {
        BOOKINGS_TABLE: bookings.tableName,
        GUESTS_TABLE: guests.tableName,
        OPERATIONS_TABLE: operations.tableName,
        DECISIONS_TABLE: decisions.tableName,
        [`${vendor.toUpperCase()}_SECRET_ID`]: secret.secretArn,
      },
      rights: [
        mayUse(bookings, 'GetItem', 'UpdateItem'),
        mayUse(guests, 'GetItem', 'BatchGetItem', 'Query', 'PutItem'),
        mayUse(operations, 'Query', 'PutItem', 'UpdateItem', ...onOperations),
        mayUse(decisions, 'PutItem'),
        mayRead(secret),
      ],
      sendsToItself: true,
      isDestination: true,
    });
    sink.function.alarmOn({
      metric: METRIC.bookingParked,
      threshold: 1,
      severity: 'ticket',
      impact: `A booking was refused for good by ${vendor} and is missing or out of date there.`,
      runbook: 'Booking parked',
    });
    watchFreshness(sink.function, vendor, this.#deployment.alarms);
    sink.function.alarmOn({
      metric: METRIC.volumeAbnormal,
      threshold: 1,
      severity: 'page',
      impact: `Far more than usual was written to ${vendor}, so it is paused for a company: nothing new arrives there.`,
      runbook: 'Volume abnormal',
    });
    return sink;
  }

  /** Salesforce's calls a day are shared with everything else that the operator has there. */
  #watchDayLimit(crm: FifoConsumer): void {
    const companies = Object.values(this.#deployment.stage.settings.companies);
    const shares = companies.map(({ salesforce }) => salesforce.dayLimit.slowAbove);
    crm.function.alarmOn({
      metric: METRIC.salesforceCallsUsed,
      statistic: 'Maximum',
      threshold: Math.round(100 * Math.min(...shares, 1)),
      severity: 'ticket',
      impact: 'Salesforce’s calls of the day run out: backfill waits, and soon all but cancellations.',
      runbook: 'Salesforce day limit',
    });
  }

  /** The one writer of the records. */
  #enrichment(sinks: Readonly<Record<string, FifoConsumer>>): FifoConsumer {
    const { tables, secrets } = this.#data;
    const enrichment = new FifoConsumer(this, 'enrichment', this.#deployment, {
      name: 'enrichment',
      queue: 'bookings',
      impact: 'New bookings and changes wait: neither Salesforce nor Mailchimp hears of them.',
      timeout: Duration.seconds(30),
      environment: {
        BOOKINGS_TABLE: tables.bookings.tableName,
        GUESTS_TABLE: tables.guests.tableName,
        OPERATIONS_TABLE: tables.operations.tableName,
        DECISIONS_TABLE: tables.decisions.tableName,
        FAREHARBOR_SECRET_ID: secrets.fareharbor.secretArn,
        OPENAI_SECRET_ID: secrets.openai.secretArn,
        SINK_QUEUE_URLS: this.#queueUrls(sinks),
      },
      rights: [
        mayUse(tables.bookings, 'GetItem', 'PutItem', 'UpdateItem'),
        mayUse(tables.guests, 'GetItem', 'BatchGetItem', 'ConditionCheckItem', 'Query', 'PutItem', 'DeleteItem'),
        mayUse(tables.operations, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
        mayUse(tables.decisions, 'PutItem'),
        maySend(...Object.values(sinks).map(({ queue }) => queue)),
        mayRead(secrets.fareharbor, secrets.openai),
      ],
    });
    enrichment.function.alarmOn(QUARANTINED);
    enrichment.function.alarmOn({
      metric: METRIC.strangersHeld,
      threshold: 1,
      severity: 'page',
      impact: 'Somebody else has the webhook key and sends inventions. None is believed; new bookings come later.',
      runbook: 'Webhook key in other hands',
    });
    enrichment.function.alarmOn({
      metric: METRIC.bookingReturned,
      // A person who takes an edit back does this once.
      threshold: 3,
      severity: 'ticket',
      impact: 'Bookings went back to an earlier state: somebody may be sending old webhooks again.',
      runbook: 'Bookings returned to an earlier state',
    });
    enrichment.function.alarmOn({
      metric: METRIC.fareHarborKeysRejected,
      threshold: 1,
      severity: 'ticket',
      impact: 'Bookings are taken from the webhook alone, unverified; payments and late changes may be missing.',
      runbook: 'FareHarbor refuses our keys',
    });
    enrichment.function.alarmOn({
      metric: METRIC.bookingsFoundBySweep,
      threshold: 1,
      severity: 'ticket',
      impact:
        'Webhooks are being missed: bookings arrive hours late, with the next sweep, or not at all outside its days.',
      runbook: 'Bookings found by the sweep',
    });
    enrichment.function.alarmOn({
      metric: METRIC.modelBudgetUsed,
      statistic: 'Maximum',
      threshold: 80,
      severity: 'ticket',
      impact:
        'A company’s budget for the model runs out: the rest of the UTC day is read by rules alone, and caught up later.',
      runbook: 'Model budget',
    });
    return enrichment;
  }

  /** Once a minute: sends lost hints again, measures how far behind the destinations are, looks for missed bookings. */
  #reconcile(sinks: Readonly<Record<string, FifoConsumer>>, enrichment: FifoConsumer): NodeFunction {
    const { bookings, operations } = this.#data.tables;
    const { fareharbor } = this.#data.secrets;
    const reconcile = new NodeFunction(this, 'reconcile', this.#deployment, {
      name: 'reconcile',
      impact: 'A hint that got lost is not sent again: its booking stays old in Salesforce or Mailchimp.',
      // Verifying and sweeping take half a minute of it; the next run comes after a minute.
      timeout: Duration.seconds(55),
      environment: {
        BOOKINGS_TABLE: bookings.tableName,
        OPERATIONS_TABLE: operations.tableName,
        BOOKINGS_QUEUE_URL: enrichment.queue.queueUrl,
        SINK_QUEUE_URLS: this.#queueUrls(sinks),
        FAREHARBOR_SECRET_ID: fareharbor.secretArn,
      },
      rights: [
        mayUse(bookings, 'BatchGetItem'),
        mayQueryIndex(bookings, 'attention'),
        mayUse(operations, 'BatchGetItem', 'Query', 'PutItem'),
        maySend(enrichment.queue, ...Object.values(sinks).map(({ queue }) => queue)),
        mayRead(fareharbor),
      ],
      readsSettings: true,
    });
    runEvery(reconcile, Duration.minutes(1));
    for (const [metric, vendor] of [
      [METRIC.crmUnsyncedAge, 'Salesforce'],
      [METRIC.marketingUnsyncedAge, 'Mailchimp'],
    ] as const) {
      reconcile.alarmOn({
        metric,
        statistic: 'Maximum',
        threshold: Duration.minutes(30).toMilliseconds(),
        severity: 'ticket',
        impact: `A booking or cancellation has not reached ${vendor} for half an hour.`,
        runbook: 'Bookings lagging',
      });
    }
    reconcile.alarmOn({
      metric: METRIC.catchUpsPending,
      statistic: 'Maximum',
      lasting: Duration.hours(6),
      threshold: 3,
      severity: 'ticket',
      impact: 'The model has not answered for hours: bookings come without an AI summary, by rules alone.',
      runbook: 'Model not answering',
    });
    const circuits = reconcile.alarmOn({
      metric: METRIC.circuitsOpen,
      statistic: 'Maximum',
      lasting: Duration.minutes(15),
      threshold: 1,
      severity: 'page',
      impact: 'Salesforce or Mailchimp fails, or refuses our keys: nothing new arrives there. It resumes by itself.',
      runbook: 'Circuit open',
      isPart: true,
    });
    this.#deployment.alarms.oneFor(this, 'DestinationBehind', {
      name: 'destination-behind',
      parts: [circuits, ...Object.values(sinks).map(({ ageAlarm }) => ageAlarm)],
      severity: 'page',
      impact: 'Nothing new arrives in Salesforce or in Mailchimp: staff and journeys there go by old facts.',
      runbook: 'Destination falling behind',
      logGroupName: reconcile.logGroupName,
    });
    reconcile.alarmOn({
      metric: METRIC.sinksPaused,
      statistic: 'Maximum',
      lasting: Duration.hours(1),
      threshold: 1,
      severity: 'ticket',
      impact:
        'Somebody paused Salesforce or Mailchimp an hour ago or longer: nothing new arrives there until it is resumed.',
      runbook: 'Sink paused',
    });
    return reconcile;
  }

  #queueUrls(sinks: Readonly<Record<string, FifoConsumer>>): string {
    return this.toJsonString(
      Object.fromEntries(Object.entries(sinks).map(([name, { queue }]) => [name, queue.queueUrl])),
    );
  }

  /** The thin way in: it holds no vendor's key, and can do nothing but send to one queue. */
  #ingest({ queue }: FifoConsumer): NodeFunction {
    const { webhook } = this.#data.secrets;
    const ingest = new NodeFunction(this, 'ingest', this.#deployment, {
      name: 'ingest',
      impact: 'Webhooks are not accepted: FareHarbor retries for a while, then the changes are missed.',
      timeout: Duration.seconds(10),
      environment: { BOOKINGS_QUEUE_URL: queue.queueUrl, WEBHOOK_SECRET_ID: webhook.secretArn },
      rights: [maySend(queue), mayRead(webhook)],
      readsSettings: false,
    });
    ingest.alarmOn({
      metric: METRIC.webhookRejected,
      threshold: 5,
      severity: 'page',
      impact: 'Webhooks come with a wrong key. If they are FareHarbor’s own, no booking change arrives at all.',
      runbook: 'Webhooks refused',
    });
    ingest.alarmOn({
      metric: METRIC.webhookOldKey,
      // Rotating takes minutes of this; a day of it means that it was left half-way.
      lasting: Duration.hours(24),
      threshold: 1,
      severity: 'ticket',
      impact: 'None yet. FareHarbor still calls with the previous key: who removes it shuts all bookings out.',
      runbook: 'Old webhook key in use',
    });
    ingest.alarmOn(QUARANTINED);
    return ingest;
  }
}
