import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Color,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { METRIC, METRIC_NAMESPACE, type MetricName } from '../../shared/observability/metric-names.ts';
import type { Vendor } from '../../shared/observability/vendor-calls.ts';
import { VENDOR_METRICS } from '../../shared/observability/vendor-metrics.ts';
import { PRICES } from '../prices.ts';
import type { FunctionName, Stage } from '../stages.ts';
import { plainDecimal } from './alarms/spending.ts';
import type { FifoConsumer } from './fifo-consumer.ts';
import type { NodeFunction } from './node-function.ts';
import type { WebhookApi } from './webhook-api.ts';

export interface PipelineDashboardProps {
  readonly stage: Stage;
  readonly alarms: readonly IAlarm[];
  readonly api: WebhookApi;
  /** By their own names. */
  readonly functions: Readonly<Record<FunctionName, NodeFunction>>;
  /** By the names of their queues. */
  readonly queues: Readonly<Record<string, FifoConsumer>>;
  readonly tables: Readonly<Record<string, Table>>;
}

const PERIOD = Duration.minutes(5);
const HEIGHT = 6;
const WIDTH = 8;

/**
 * One screen that answers four questions, a row each: are bookings getting through, how late are they, what is failing,
 * what does it cost. Every figure is one that AWS or a function emits by itself.
 */
export class PipelineDashboard extends Construct {
  constructor(scope: Construct, id: string, props: PipelineDashboardProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `harborlight-${props.stage.name}`,
      periodOverride: PeriodOverride.AUTO,
      defaultInterval: Duration.hours(12),
    });
    dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: 24, height: 4 }));
    addRow(dashboard, 'Are bookings getting through?', gettingThrough(props));
    addRow(dashboard, 'How late are they?', howLate(props));
    addRow(dashboard, 'What is failing? (RUNBOOK.md says what to do)', failing(props));
    addRow(dashboard, `What does it cost? (prices of ${PRICES.asOf}, without vendors)`, costs(props));
  }
}

function addRow(dashboard: Dashboard, question: string, widgets: readonly IWidget[]): void {
  dashboard.addWidgets(new TextWidget({ markdown: `## ${question}`, width: 24, height: 1 }));
  dashboard.addWidgets(...widgets);
}

/** A figure that a function's code emits; its one dimension is the function. */
function emitted(metricName: MetricName, service: FunctionName, label: string, statistic = 'Sum'): IMetric {
  const dimensionsMap = { service };
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, label, period: PERIOD });
}

function graph(title: string, left: readonly IMetric[], right: readonly IMetric[] = []): IWidget {
  return new GraphWidget({ title, left: [...left], right: [...right], width: WIDTH, height: HEIGHT, period: PERIOD });
}

function gettingThrough({ api, queues }: PipelineDashboardProps): IWidget[] {
  const { requests, clientErrors, serverErrors } = api.metrics(PERIOD);
  return [
    graph('Webhooks', [
      requests,
      clientErrors,
      serverErrors,
      emitted(METRIC.webhookRejected, 'ingest', 'wrong key'),
      emitted(METRIC.webhookQuarantined, 'enrichment', 'quarantined'),
    ]),
    graph('Bookings brought', [
      emitted(METRIC.syncLatency, 'crm-sync', 'to Salesforce', 'SampleCount'),
      emitted(METRIC.syncLatency, 'marketing-sync', 'to Mailchimp', 'SampleCount'),
    ]),
    graph(
      'Waiting in queues',
      Object.entries(queues).map(([label, { queue }]) =>
        queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum', label }),
      ),
    ),
  ];
}

function howLate({ queues }: PipelineDashboardProps): IWidget[] {
  const latency = (service: FunctionName, vendor: string): IMetric[] => [
    emitted(METRIC.syncLatency, service, `${vendor}, half of them`, 'p50'),
    emitted(METRIC.syncLatency, service, `${vendor}, 99 of 100`, 'p99'),
  ];
  return [
    graph('Webhook to vendor, ms', [...latency('crm-sync', 'Salesforce'), ...latency('marketing-sync', 'Mailchimp')]),
    graph('Oldest booking not yet there, ms', [
      emitted(METRIC.crmUnsyncedAge, 'reconcile', 'Salesforce', 'Maximum'),
      emitted(METRIC.marketingUnsyncedAge, 'reconcile', 'Mailchimp', 'Maximum'),
    ]),
    graph(
      'Oldest message, s',
      Object.entries(queues).map(([label, { queue }]) =>
        queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, label }),
      ),
    ),
  ];
}

function failing({ functions, queues }: PipelineDashboardProps): IWidget[] {
  const all = Object.entries(functions);
  return [
    graph('Functions', [
      ...all.map(([name, one]) => one.function.metricErrors({ period: PERIOD, label: `${name} errors` })),
      ...all.map(([name, one]) => one.function.metricThrottles({ period: PERIOD, label: `${name} throttled` })),
    ]),
    graph('Waiting for a person', [
      emitted(METRIC.bookingsParked, 'reconcile', 'parked', 'Maximum'),
      emitted(METRIC.bookingsLagging, 'reconcile', 'lagging', 'Maximum'),
      emitted(METRIC.sinksPaused, 'reconcile', 'destinations paused', 'Maximum'),
      ...Object.entries(queues).map(([label, { deadLetters }]) =>
        deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, label: `${label} dead letters` }),
      ),
    ]),
    graph('Vendors', [
      emitted(METRIC.circuitsOpen, 'reconcile', 'destinations left alone', 'Maximum'),
      ...callsOf('salesforce', 'crm-sync', 'Salesforce'),
      ...callsOf('mailchimp', 'marketing-sync', 'Mailchimp'),
      ...callsOf('fareharbor', 'enrichment', 'FareHarbor'),
      ...callsOf('model', 'enrichment', 'model'),
      emitted(METRIC.modelFallback, 'enrichment', 'rules instead of the model'),
    ]),
  ];
}

/** Calls of a vendor that it failed, and those that it refused for their number. */
function callsOf(vendor: Vendor, service: FunctionName, called: string): IMetric[] {
  const { failed, throttled } = VENDOR_METRICS[vendor];
  return [emitted(failed, service, `${called} failed`), emitted(throttled, service, `${called} limits us`)];
}

/** Dollars an hour: time and calls of functions, units of tables. What a model costs is in its own figure. */
function costs({ stage, functions, tables }: PipelineDashboardProps): IWidget[] {
  const hour = Duration.hours(1);
  const lambda = Object.entries(functions).map(([name, one], index) => {
    const perMs = (stage.memory[one.name] / 1024 / 1000) * PRICES.lambdaPerGbSecond;
    const perCall = PRICES.lambdaPerMillionCalls / 1e6;
    return new MathExpression({
      expression: `d${index} * ${plainDecimal(perMs)} + c${index} * ${plainDecimal(perCall)}`,
      usingMetrics: {
        [`d${index}`]: one.function.metricDuration({ period: hour, statistic: 'Sum' }),
        [`c${index}`]: one.function.metricInvocations({ period: hour, statistic: 'Sum' }),
      },
      label: name,
      period: hour,
    });
  });
  const dynamo = Object.entries(tables).map(([name, table], index) => {
    const options = { period: hour, statistic: 'Sum' };
    return new MathExpression({
      expression: `r${index} * ${plainDecimal(PRICES.readsPerMillion / 1e6)} + w${index} * ${plainDecimal(PRICES.writesPerMillion / 1e6)}`,
      usingMetrics: {
        [`r${index}`]: table.metricConsumedReadCapacityUnits(options),
        [`w${index}`]: table.metricConsumedWriteCapacityUnits(options),
      },
      label: name,
      period: hour,
    });
  });
  const dollars = (title: string, left: readonly IMetric[]): IWidget =>
    new GraphWidget({ title, left: [...left], width: WIDTH, height: HEIGHT, period: hour, stacked: true });
  const limit = emitted(METRIC.salesforceCallsUsed, 'crm-sync', 'Salesforce calls of the day, %', 'Maximum');
  const model = emitted(METRIC.modelBudgetUsed, 'enrichment', 'model budget of the day, %', 'Maximum');
  const shares = new GraphWidget({
    title: 'Shares used, %',
    left: [limit, model],
    leftAnnotations: [{ value: 80, color: Color.RED, label: 'attention' }],
    width: WIDTH,
    height: HEIGHT,
  });
  return [dollars('Functions, $ an hour', lambda), dollars('Tables, $ an hour', dynamo), shares];
}
