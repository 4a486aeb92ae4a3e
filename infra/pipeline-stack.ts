import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Alarms } from './constructs/alarms/alarms.ts';
import { PipelineDashboard } from './constructs/dashboard.ts';
import { FifoConsumer } from './constructs/fifo-consumer.ts';
import { type Deployment, NodeFunction } from './constructs/node-function.ts';
import { addOutputs } from './constructs/outputs.ts';
import { mayQueryIndex, mayRead, maySend, mayUse, type TableAction } from './constructs/rights.ts';
import { SavedQueries } from './constructs/saved-queries.ts';
import { runEvery } from './constructs/schedule.ts';
import { WebhookApi } from './constructs/webhook-api.ts';
import type { DataStack } from './data-stack.ts';
import { watchPipeline } from './pipeline-alarms.ts';
import type { ConsumerName, Stage } from './stages.ts';

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
    const enrichment = this.#enrichment(sinks);
    const reconcile = this.#reconcile(sinks, enrichment);
    const ingest = this.#ingest(enrichment);
    const api = new WebhookApi(this, 'WebhookApi', this.#deployment, ingest);
    const functions = {
      ingest,
      enrichment: enrichment.function,
      'crm-sync': sinks.crm.function,
      'marketing-sync': sinks.marketing.function,
      reconcile,
    };
    const { alarms } = this.#deployment;
    watchPipeline(this, this.#deployment, { api, functions, sinks, tables: data.tables });
    new PipelineDashboard(this, 'Dashboard', {
      stage,
      api,
      alarms: alarms.all,
      functions,
      queues: { bookings: enrichment, ...sinks },
      tables: data.tables,
    });
    new SavedQueries(this, 'SavedQueries', stage);
    addOutputs(this, stage, api.url);
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
        mayUse(bookings, 'GetItem', 'BatchGetItem', 'UpdateItem'),
        mayUse(guests, 'GetItem', 'BatchGetItem', 'Query', 'PutItem'),
        mayUse(operations, 'Query', 'PutItem', 'UpdateItem', ...onOperations),
        mayUse(decisions, 'PutItem'),
        mayRead(secret),
      ],
      sendsToItself: true,
      isDestination: true,
    });
    return sink;
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
        mayUse(tables.bookings, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'),
        mayUse(tables.guests, 'GetItem', 'BatchGetItem', 'ConditionCheckItem', 'Query', 'PutItem', 'DeleteItem'),
        mayUse(tables.operations, 'GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
        mayUse(tables.decisions, 'PutItem'),
        maySend(...Object.values(sinks).map(({ queue }) => queue)),
        mayRead(secrets.fareharbor, secrets.openai),
      ],
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
        mayQueryIndex(bookings, 'byAttention'),
        mayUse(operations, 'BatchGetItem', 'Query', 'PutItem'),
        maySend(enrichment.queue, ...Object.values(sinks).map(({ queue }) => queue)),
        mayRead(fareharbor),
      ],
      readsSettings: true,
    });
    runEvery(reconcile, Duration.minutes(1));
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
    return ingest;
  }
}
