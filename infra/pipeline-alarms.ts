import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { METRIC } from '../shared/observability/metric-names.ts';
import { watchFreshness } from './constructs/alarms/freshness.ts';
import { watchConcurrency } from './constructs/alarms/function-alarms.ts';
import { watchSpending } from './constructs/alarms/spending.ts';
import type { FifoConsumer } from './constructs/fifo-consumer.ts';
import type { Deployment, NodeFunction, SignalProps } from './constructs/node-function.ts';
import type { WebhookApi } from './constructs/webhook-api.ts';
import type { FunctionName } from './stages.ts';
import { watchVendors } from './vendor-watch.ts';

export interface Pipeline {
  readonly api: WebhookApi;
  readonly functions: Readonly<Record<FunctionName, NodeFunction>>;
  readonly sinks: Readonly<Record<'crm' | 'marketing', FifoConsumer>>;
  readonly tables: Readonly<Record<string, Table>>;
}

/** Every alarm beside those that each function, queue and the API bring with them. */
export function watchPipeline(scope: Construct, deployment: Deployment, pipeline: Pipeline): void {
  const { stage, alarms } = deployment;
  const { functions, sinks, tables, api } = pipeline;
  watchIngest(functions.ingest);
  watchEnrichment(functions.enrichment);
  const late = [
    watchSink(functions['crm-sync'], 'Salesforce', deployment),
    watchSink(functions['marketing-sync'], 'Mailchimp', deployment),
  ];
  watchBacklog(functions);
  watchReconcile(functions.reconcile);
  alarms.oneFor(scope, 'DestinationBehind', {
    name: 'destination-behind',
    parts: [watchCircuits(functions.reconcile), ...Object.values(sinks).map(({ ageAlarm }) => ageAlarm), ...late],
    severity: 'page',
    impact: 'Nothing new arrives in Salesforce or in Mailchimp: staff and journeys there go by old facts.',
    runbook: 'Destination falling behind',
    query: 'errors',
  });
  watchVendors(functions, deployment);
  watchConcurrency(scope, stage.alarms, alarms);
  watchSpending(scope, stage, alarms, { functions: Object.values(functions), tables: Object.values(tables), api });
}

/** Seen by ingest (not JSON, no uuid) or by enrichment (an unknown company, a key of another one). */
const QUARANTINED: SignalProps = {
  metric: METRIC.webhookQuarantined,
  threshold: 1,
  severity: 'ticket',
  impact: 'A webhook with a valid key could not be used; what it told of is in neither Salesforce nor Mailchimp.',
  runbook: 'Webhook quarantined',
  query: 'quarantined',
};

function watchIngest(ingest: NodeFunction): void {
  ingest.alarmOn({
    metric: METRIC.webhookRejected,
    // At a small operator five come in an hour or two, and not within minutes.
    within: Duration.hours(2),
    threshold: 5,
    severity: 'page',
    impact: 'Webhooks come with a wrong key. If they are FareHarbor’s own, no booking change arrives at all.',
    runbook: 'Webhooks refused',
    query: 'refused-webhooks',
  });
  ingest.alarmOn({
    metric: METRIC.webhookOldKey,
    // Rotating takes minutes of this; on two days running, it was left half-way. Hour by hour, a quiet night would hide it.
    within: Duration.days(1),
    lasting: Duration.days(2),
    threshold: 1,
    severity: 'ticket',
    impact: 'None yet. FareHarbor still calls with the previous key: who removes it shuts all bookings out.',
    runbook: 'Old webhook key in use',
    query: 'errors',
  });
  ingest.alarmOn(QUARANTINED);
}

function watchEnrichment(enrichment: NodeFunction): void {
  enrichment.alarmOn(QUARANTINED);
  enrichment.alarmOn({
    metric: METRIC.strangersHeld,
    threshold: 1,
    severity: 'page',
    impact: 'Somebody else has the webhook key and sends inventions. None is believed; new bookings come later.',
    runbook: 'Webhook key in other hands',
    query: 'errors',
  });
  enrichment.alarmOn({
    metric: METRIC.bookingReturned,
    // A person who takes an edit back does this once.
    threshold: 3,
    severity: 'ticket',
    impact: 'Bookings went back to an earlier state: somebody may be sending old webhooks again.',
    runbook: 'Bookings returned to an earlier state',
    query: 'errors',
  });
  enrichment.alarmOn({
    metric: METRIC.fareHarborKeysRejected,
    threshold: 1,
    severity: 'ticket',
    impact: 'Bookings are taken from the webhook alone, unverified; payments and late changes may be missing.',
    runbook: 'FareHarbor refuses our keys',
    query: 'fareharbor',
  });
  enrichment.alarmOn({
    metric: METRIC.bookingsFoundBySweep,
    threshold: 1,
    severity: 'ticket',
    impact:
      'Webhooks are being missed: bookings arrive hours late, with the next sweep, or not at all outside its days.',
    runbook: 'Bookings found by the sweep',
    query: 'missed',
  });
}

/** @returns what together means that bookings are late now, and have been for long. */
function watchSink(sync: NodeFunction, vendor: string, { alarms }: Deployment): readonly Alarm[] {
  sync.alarmOn({
    metric: METRIC.bookingParked,
    threshold: 1,
    severity: 'ticket',
    impact: `A booking was refused for good by ${vendor} and is missing or out of date there.`,
    runbook: 'Booking parked',
    query: 'parked',
  });
  sync.alarmOn({
    metric: METRIC.volumeAbnormal,
    threshold: 1,
    severity: 'page',
    impact: `Far more than usual was written to ${vendor}, so it is paused for a company: nothing new arrives there.`,
    runbook: 'Volume abnormal',
    query: 'gates',
  });
  return watchFreshness(sync, vendor, alarms);
}

/** What waits, as the run of each minute counts it. */
function watchBacklog({ reconcile, ...functions }: Pipeline['functions']): void {
  for (const [metric, vendor, sync] of [
    [METRIC.crmUnsyncedAge, 'Salesforce', functions['crm-sync']],
    [METRIC.marketingUnsyncedAge, 'Mailchimp', functions['marketing-sync']],
  ] as const) {
    reconcile.alarmOn({
      metric,
      statistic: 'Maximum',
      threshold: Duration.minutes(30).toMilliseconds(),
      severity: 'ticket',
      impact: `A booking or cancellation has not reached ${vendor} for half an hour.`,
      runbook: 'Bookings lagging',
      query: 'errors',
      logGroupNames: [sync.logGroupName],
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
    query: 'model',
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
    query: 'gates',
  });
}

function watchReconcile(reconcile: NodeFunction): void {
  reconcile.alarmOn({
    metric: METRIC.webhookSilence,
    statistic: 'Maximum',
    lasting: Duration.minutes(15),
    threshold: 100,
    // Only ever in a company's own opening hours.
    severity: 'page',
    impact: 'Open, and no webhook for longer than is usual: if FareHarbor has switched it off, no booking arrives.',
    runbook: 'No webhook in opening hours',
    query: 'refused-webhooks',
  });
  reconcile.alarmOn({
    // A run that comes to its figures says this one, whatever else it does: silence is watched here.
    metric: METRIC.bookingsLagging,
    name: 'stopped',
    statistic: 'SampleCount',
    lasting: Duration.minutes(15),
    threshold: 1,
    when: 'below',
    severity: 'ticket',
    impact: 'None at first. Lost messages are not sent again, and nobody would hear of an open circuit or of silence.',
    runbook: 'Reconcile does not run',
    query: 'errors',
  });
}

function watchCircuits(reconcile: NodeFunction): Alarm {
  return reconcile.alarmOn({
    metric: METRIC.circuitsOpen,
    statistic: 'Maximum',
    lasting: Duration.minutes(15),
    threshold: 1,
    severity: 'page',
    impact: 'Salesforce or Mailchimp fails, or refuses our keys: nothing new arrives there. It resumes by itself.',
    runbook: 'Circuit open',
    query: 'gates',
    isPart: true,
  });
}
