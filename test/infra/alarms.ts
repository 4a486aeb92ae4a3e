import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { anchorOf, descriptionOf } from '../../infra/constructs/alarms/alarm-text.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { ALARMS } from './alarm-list.ts';
import { bundledSources } from './bundles.ts';
import type { Deployment } from './synth.ts';
import { alarmSchema, compositeAlarmSchema, functionSchema, queueSchema, resources } from './template.ts';

type Alarm = z.infer<typeof alarmSchema>;

/** CloudWatch's most characters of a description, and of a name. */
const MOST = { description: 1024, name: 255 } as const;
/** The longest region there is; the template has a reference in its place. */
const REGION = 'ap-southeast-99';

/** The metrics that an alarm looks at, with their periods in seconds and their dimensions as `Name=Value`. */
function metricsOf({ Namespace, MetricName, Dimensions, Period, Metrics }: Alarm) {
  const direct = MetricName === '' ? [] : [{ Namespace, MetricName, Dimensions, Period, Stat: '' }];
  const inside = Metrics.flatMap(({ MetricStat }) =>
    MetricStat ? [{ ...MetricStat.Metric, Period: MetricStat.Period, Stat: MetricStat.Stat }] : [],
  );
  return [...direct, ...inside].map((metric) => ({
    ...metric,
    on: metric.Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(),
  }));
}

/** Evaluates `IF(100 - fresh >= a, brought * (100 - fresh) / 100, 0)`, as the alarms on freshness have it. */
function lateOf(expression: string, { brought, fresh }: { readonly brought: number; readonly fresh: number }): number {
  const parts = /^IF\(100 - fresh >= ([\d.]+), brought \* \(100 - fresh\) \/ 100, 0\)$/.exec(expression);
  if (parts === null) throw new Error(`another expression than this test can evaluate: ${expression}`);
  return 100 - fresh >= Number(parts[1]) ? (brought * (100 - fresh)) / 100 : 0;
}

export function describeAlarms(deployment: Deployment): void {
  const { stage, pipeline } = deployment;
  const found = resources(pipeline, 'AWS::CloudWatch::Alarm', alarmSchema);
  const alarms = found.map(({ properties }) => properties);
  const composites = resources(pipeline, 'AWS::CloudWatch::CompositeAlarm', compositeAlarmSchema).map(
    ({ properties }) => properties,
  );
  const all = [...alarms, ...composites];
  const prefix = `harborlight-${stage.name}-`;
  const called = (name: string): Alarm | undefined => alarms.find(({ AlarmName }) => AlarmName === `${prefix}${name}`);
  const idOf = (name: string) =>
    found.find(({ properties }) => properties.AlarmName === `${prefix}${name}`)?.id ?? 'none';
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);
  const queues = resources(pipeline, 'AWS::SQS::Queue', queueSchema);
  const watching = (metric: string, dimension: string) =>
    alarms.find((one) => metricsOf(one).some(({ MetricName, on }) => MetricName === metric && on.includes(dimension)));

  describe('alarms', () => {
    test('are these and no others, each for the people it is meant for', () => {
      const told = all.map(({ AlarmName, AlarmActions }) => {
        const [action = 'a part of another'] = AlarmActions;
        return `${AlarmName.replace(prefix, '')}: ${/page|ticket|part/.exec(action)?.[0]}`;
      });
      const asked = ALARMS.filter(({ name }) => name !== 'webhook-silence' || stage.alarms.silenceHours !== null);
      expect(told.sort()).toEqual(asked.map(({ name, tells }) => `${name}: ${tells}`).sort());
    });

    test.each(all)('$AlarmName says its impact, a heading of the runbook, and links to a query', (alarm) => {
      const [impact, runbook, logs = '', ...more] = alarm.AlarmDescription.split('\n');
      expect(more).toEqual([]);
      expect(impact).toMatch(/^Impact: [A-Z].{20,}\.$/);
      expect(runbook).toMatch(/^Runbook: "[A-Z][^"]+" in RUNBOOK\.md$/);
      expect(logs).toMatch(/^Logs: https:\/\/\S+#logsV2:logs-insights\S+$/);
      const asDeployed = alarm.AlarmDescription.replaceAll(`\${AWS::Region}`, REGION);
      // Room for the address of a runbook that can be read in a browser.
      expect(asDeployed.length).toBeLessThan(MOST.description - 120);
      expect(alarm.AlarmName.length).toBeLessThan(MOST.name);
    });

    test('link to their section where the runbook can be read in a browser', () => {
      const runbookUrl = 'https://git.example.test/operator/harborlight/blob/main/RUNBOOK.md';
      const own = { ...stage, alarms: { ...stage.alarms, runbookUrl } };
      const text = { impact: 'Nothing arrives.', runbook: 'Dead letters', query: 'errors' } as const;
      expect(descriptionOf(own, text).split('\n')[1]).toBe(`Runbook: "Dead letters" ${runbookUrl}#dead-letters`);
      expect(anchorOf('Bookings are not arriving in Salesforce or Mailchimp')).toBe(
        'bookings-are-not-arriving-in-salesforce-or-mailchimp',
      );
    });

    test.each(alarms)('$AlarmName takes missing figures for good news, unless they are a heartbeat', (alarm) => {
      const isHeartbeat = /-(webhook-silence|stopped)$/.test(alarm.AlarmName) && !/reconcile-web/.test(alarm.AlarmName);
      expect(alarm.TreatMissingData).toBe(isHeartbeat ? 'breaching' : 'notBreaching');
      expect(alarm.ComparisonOperator).toBe(isHeartbeat ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold');
    });

    test.each(alarms)('$AlarmName looks no further back than CloudWatch can', (alarm) => {
      const periods = new Set(metricsOf(alarm).map(({ Period }) => Period));
      // Metrics of one expression have one period, and there are ten of them at most.
      expect(periods.size).toBe(1);
      expect(metricsOf(alarm).length).toBeLessThanOrEqual(10);
      const [period = 0] = periods;
      expect(alarm.EvaluationPeriods * period).toBeLessThanOrEqual(period < 3600 ? 86_400 : 604_800);
      expect(alarm.DatapointsToAlarm).toBeLessThanOrEqual(alarm.EvaluationPeriods);
      for (const { Expression = '' } of alarm.Metrics) expect(Expression).not.toMatch(/\d[eE][-+]?\d/);
    });

    test('an outage of a vendor is one page, whatever of it is noticed', () => {
      const [composite, ...more] = composites;
      expect(more).toEqual([]);
      const rule = (composite?.AlarmRule ?? '').replaceAll(
        /ALARM\("\$\{(\w+)\.Arn\}"\)/g,
        (_, id: string) => found.find((one) => one.id === id)?.properties.AlarmName.replace(prefix, '') ?? id,
      );
      const late = (sync: string) => `(${sync}-freshness-hour AND ${sync}-freshness-now)`;
      expect(rule).toBe(
        `(reconcile-circuits-open OR crm-queue-age OR marketing-queue-age OR ${late('crm-sync')} OR ${late('marketing-sync')})`,
      );
      expect(idOf('crm-queue-age')).not.toBe('none');
      expect(composite?.AlarmActions.join()).toContain('page');
      expect(composite?.AlarmDescription).toContain('"Destination falling behind"');
    });

    test.each(['crm-sync', 'marketing-sync'])('the freshness of %s is watched over four windows', (sync) => {
      const windows = ['hour', 'now', '6h', '3d'].map((name) => {
        const alarm = called(`${sync}-freshness-${name}`);
        const [first] = alarm === undefined ? [] : metricsOf(alarm);
        const expression = alarm?.Metrics.flatMap(({ Expression }) => Expression ?? [])[0] ?? '';
        const goesOff = (brought: number, fresh: number) =>
          lateOf(expression, { brought, fresh }) >= (alarm?.Threshold ?? 0);
        const stats =
          alarm === undefined ? [] : metricsOf(alarm).map(({ MetricName, Stat }) => `${MetricName} ${Stat}`);
        expect(stats.sort()).toEqual(['SyncLatency PR(:60000)', 'SyncLatency SampleCount']);
        return { name, seconds: first?.Period, goesOff };
      });
      expect(windows.map(({ seconds }) => seconds)).toEqual([3600, 300, 21_600, 259_200]);
      const [hour, now, sixHours, threeDays] = windows;
      // A fifth of a busy hour; one of three in a quiet one; what the aim allows.
      expect([hour, now, sixHours, threeDays].map((one) => one?.goesOff(100, 80))).toEqual([true, true, true, true]);
      expect([hour, sixHours, threeDays].map((one) => one?.goesOff(3, 66.7))).toEqual([false, false, false]);
      expect([hour, now, sixHours, threeDays].map((one) => one?.goesOff(900, 99.1))).toEqual([
        false,
        false,
        false,
        false,
      ]);
      // Burning slowly: the faster windows stay quiet.
      expect([hour, now, sixHours, threeDays].map((one) => one?.goesOff(500, 97))).toEqual([false, false, false, true]);
      expect(called(`${sync}-freshness-now`)).toMatchObject({ DatapointsToAlarm: 1, EvaluationPeriods: 6 });
    });

    test('a day without any webhook is told, where the stage asks for it', () => {
      const { silenceHours } = stage.alarms;
      const silence = called('webhook-silence');
      expect(silence && (silence.DatapointsToAlarm * silence.Period) / 3600).toBe(silenceHours ?? undefined);
    });

    test.each(functions)('$properties.FunctionName has alarms on errors, throttles and time', ({ id, properties }) => {
      for (const metric of ['Throttles', 'Duration']) expect(watching(metric, `\${${id}}`)?.MetricName).toBe(metric);
      const duration = alarms.find((one) => one.MetricName === 'Duration' && metricsOf(one)[0]?.on.includes(id));
      expect(duration?.Threshold).toBe(0.8 * properties.Timeout * 1000);
      const errors = watching('Errors', `\${${id}}`);
      expect(errors?.Metrics.flatMap(({ Expression }) => Expression ?? [])).toEqual([
        'IF(calls >= 100, IF(100 * failures / calls > 1, failures, 0), failures)',
      ]);
      // Long enough for a batch that ends the function each time it comes back.
      const queue = queues.find(({ properties: { QueueName } }) => QueueName === `${prefix}bookings.fifo`);
      const seconds = 60 * ((errors?.EvaluationPeriods ?? 0) - 1);
      expect(seconds).toBeGreaterThan(queue?.properties.VisibilityTimeout ?? 0);
    });

    test('few webhooks are enough to be seen: failing, refused, or with an old key', () => {
      const lookingAt = (name: string) => {
        const alarm = called(name);
        if (alarm === undefined) return undefined;
        const [first] = metricsOf(alarm);
        const periods = `${alarm.DatapointsToAlarm} of ${alarm.EvaluationPeriods} × ${first?.Period} s`;
        return `${metricsOf(alarm).map(({ MetricName }) => MetricName)}: ${periods}, ${alarm.Threshold}`;
      };
      expect(lookingAt('webhook-api-5xx')?.split(': ')[0]?.split(',').sort()).toEqual(['5xx', 'Count']);
      expect(lookingAt('webhook-api-5xx')).toMatch(/: 2 of 30 × 60 s, 1$/);
      expect(lookingAt('ingest-webhook-rejected')).toBe('WebhookRejected: 1 of 1 × 7200 s, 5');
      expect(lookingAt('ingest-webhook-old-key')).toBe('WebhookOldKey: 2 of 2 × 86400 s, 1');
    });

    test('the concurrency of the account is watched at 80 %', () => {
      expect(called('account-concurrency')).toMatchObject({
        Namespace: 'AWS/Lambda',
        MetricName: 'ClaimedAccountConcurrency',
        Dimensions: [],
        Statistic: 'Maximum',
        Threshold: 0.8 * stage.alarms.accountConcurrency,
      });
    });

    test.each(queues)('$properties.QueueName has an alarm', ({ id, properties }) => {
      const metric = properties.RedrivePolicy ? 'ApproximateAgeOfOldestMessage' : 'ApproximateNumberOfMessagesVisible';
      expect(watching(metric, `\${${id}.QueueName}`)).toBeDefined();
    });

    test('the queue’s age is the stage’s', () => {
      const ages = alarms.filter(({ MetricName }) => MetricName === 'ApproximateAgeOfOldestMessage');
      expect(ages.map(({ Threshold }) => Threshold)).toEqual(ages.map(() => stage.alarms.queueAge.toSeconds()));
    });

    test('what grows with work is added up to dollars, each with what it costs', () => {
      const spending = called('spending');
      const names = spending === undefined ? [] : metricsOf(spending).map(({ MetricName }) => MetricName);
      expect(names.sort()).toEqual([
        ...Array.from({ length: 4 }, () => 'ConsumedWriteCapacityUnits'),
        'Count',
        ...Array.from({ length: 5 }, () => 'Duration'),
      ]);
      expect(spending?.Threshold).toBe(stage.alarms.dollarsPerDay);
    });

    test('each count watched is one that the function’s code emits', () => {
      for (const { Namespace, MetricName, Dimensions } of alarms.flatMap(metricsOf)) {
        if (Namespace !== 'Harborlight') continue;
        const service = Dimensions[0]?.Value ?? '';
        const name = Object.entries(METRIC).find(([, metric]) => metric === MetricName)?.[0];
        expect(bundledSources(deployment, service), `${service} never counts ${MetricName}`).toContain(
          `METRIC.${name}`,
        );
      }
    });
  });
}
