import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RUNBOOK_HEADINGS } from '../../infra/constructs/alarms.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { bundledSources } from './bundles.ts';
import type { Deployment } from './synth.ts';
import { alarmSchema, compositeAlarmSchema, functionSchema, queueSchema, resources } from './template.ts';

const RUNBOOK = readFileSync(new URL('../../RUNBOOK.md', import.meta.url), 'utf8');
/** Heading → its text, up to the next heading. */
const SECTIONS = new Map(
  RUNBOOK.split(/^## /m)
    .slice(1)
    .map((section): [string, string] => [section.slice(0, section.indexOf('\n')), section]),
);

/** What no metric tells of: a person did it, or sees it at a vendor. */
const WITHOUT_ALARM = [
  'Something lost or changed at a vendor',
  'Bookings waiting for a bulk write',
  'An AI action must be stopped',
  'Tables restored',
  'Queue purged',
];

/** Evaluates `IF(100 - fresh >= a, brought * (100 - fresh) / 100, 0)`, the one form of expression that alarms have here. */
function lateOf(expression: string, { brought, fresh }: { readonly brought: number; readonly fresh: number }): number {
  const parts = /^IF\(100 - fresh >= ([\d.]+), brought \* \(100 - fresh\) \/ 100, 0\)$/.exec(expression);
  if (parts === null) throw new Error(`another expression than this test can evaluate: ${expression}`);
  return 100 - fresh >= Number(parts[1]) ? (brought * (100 - fresh)) / 100 : 0;
}

export function describeAlarms(deployment: Deployment): void {
  const { stage, pipeline } = deployment;
  const found = resources(pipeline, 'AWS::CloudWatch::Alarm', alarmSchema);
  const alarms = found.map(({ properties }) => properties);
  const idOf = (name: string) => found.find(({ properties }) => properties.AlarmName === name)?.id ?? 'none';
  const composites = resources(pipeline, 'AWS::CloudWatch::CompositeAlarm', compositeAlarmSchema).map(
    ({ properties }) => properties,
  );
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);
  const queues = resources(pipeline, 'AWS::SQS::Queue', queueSchema);
  const watched = (metric: string, dimension: string) =>
    alarms.some(
      ({ MetricName, Dimensions }) => MetricName === metric && Dimensions.some(({ Value }) => Value === dimension),
    );

  describe('alarms', () => {
    test.each(alarms)('$AlarmName says its impact, a heading of the runbook, and where the logs are', (alarm) => {
      const [impact, runbook, logs] = alarm.AlarmDescription.split('\n');
      expect(impact).toMatch(/^Impact: \w.{20,}/);
      const heading = runbook?.match(/^Runbook: RUNBOOK\.md, "(.+)"$/)?.[1];
      expect([...SECTIONS.keys()]).toContain(heading);
      expect(logs).toMatch(/^Logs: https:\/\/.+log-group\/\$252F/);
      expect(alarm.AlarmDescription.length).toBeLessThan(1024);
    });

    test.each(alarms)('$AlarmName tells somebody, and only silence itself is taken from silence', (alarm) => {
      const isPart = composites.some(({ AlarmRule }) => AlarmRule.includes(`${idOf(alarm.AlarmName)}.Arn`));
      expect(alarm.AlarmActions).toHaveLength(isPart ? 0 : 1);
      const watchesSilence = alarm.AlarmName.endsWith('-webhook-silence');
      expect(alarm.TreatMissingData).toBe(watchesSilence ? 'breaching' : 'notBreaching');
      // CloudWatch takes no alarm that looks back for more than a day.
      const periods = [alarm.Period, ...alarm.Metrics.map(({ MetricStat }) => MetricStat?.Period ?? 0)];
      expect(alarm.EvaluationPeriods * Math.max(...periods)).toBeLessThanOrEqual(86_400);
    });

    test('an outage of a vendor is one page, whatever of it is noticed', () => {
      const [composite, ...more] = composites;
      expect(more).toEqual([]);
      const parts = ['reconcile-circuits-open', 'crm-queue-age', 'marketing-queue-age'];
      const ids = parts.map((part) => idOf(`harborlight-${stage.name}-${part}`));
      expect([...(composite?.AlarmRule ?? '').matchAll(/ALARM\("\$\{(\w+)\.Arn\}"\)/g)].map(([, id]) => id)).toEqual(
        ids,
      );
      expect(composite?.AlarmActions.join()).toContain('page');
      expect(composite?.AlarmDescription).toContain('"Destination falling behind"');
    });

    test('freshness counts what came late, and wakes nobody for one', () => {
      const freshness = alarms.filter(({ AlarmName }) => AlarmName.endsWith('-freshness'));
      expect(freshness.map(({ AlarmName }) => AlarmName)).toEqual(
        ['crm-sync', 'marketing-sync'].map((name) => `harborlight-${stage.name}-${name}-freshness`),
      );
      for (const { Metrics, Threshold } of freshness) {
        const stats = Metrics.flatMap(({ MetricStat }) =>
          MetricStat ? [`${MetricStat.Metric.MetricName} ${MetricStat.Stat}`] : [],
        );
        expect(stats.sort()).toEqual(['SyncLatency PR(:60000)', 'SyncLatency SampleCount']);
        // Evaluated as CloudWatch would: 100 bookings of which 20 came late, and one late of three.
        const expression = Metrics.flatMap(({ Expression }) => Expression ?? [])[0] ?? '';
        expect(lateOf(expression, { brought: 100, fresh: 80 })).toBeGreaterThanOrEqual(Threshold);
        expect(lateOf(expression, { brought: 3, fresh: 66.7 })).toBeLessThan(Threshold);
        expect(lateOf(expression, { brought: 1000, fresh: 99 })).toBeLessThan(Threshold);
      }
    });

    test('a day without any webhook is told, where the stage asks for it', () => {
      const silence = alarms.filter(({ AlarmName }) => AlarmName.endsWith('-webhook-silence'));
      const { silenceHours } = stage.alarms;
      expect(silence.map(({ DatapointsToAlarm, Period }) => (DatapointsToAlarm * Period) / 3600)).toEqual(
        silenceHours === null ? [] : [silenceHours],
      );
    });

    test.each(functions)('$properties.FunctionName has alarms on errors, throttles and time', ({ id, properties }) => {
      for (const metric of ['Errors', 'Throttles', 'Duration']) expect(watched(metric, `\${${id}}`)).toBe(true);
      const duration = alarms.find(
        ({ MetricName, Dimensions }) => MetricName === 'Duration' && Dimensions[0]?.Value === `\${${id}}`,
      );
      expect(duration?.Threshold).toBe(0.8 * properties.Timeout * 1000);
    });

    test.each(queues)('$properties.QueueName has an alarm', ({ id, properties }) => {
      const metric = properties.RedrivePolicy ? 'ApproximateAgeOfOldestMessage' : 'ApproximateNumberOfMessagesVisible';
      expect(watched(metric, `\${${id}.QueueName}`)).toBe(true);
    });

    test('the queue’s age is the stage’s', () => {
      const ages = alarms.filter(({ MetricName }) => MetricName === 'ApproximateAgeOfOldestMessage');
      expect(ages.map(({ Threshold }) => Threshold)).toEqual(ages.map(() => stage.alarms.queueAge.toSeconds()));
    });

    test('failed deliveries and what only the code knows have alarms', () => {
      expect(alarms.some(({ Namespace, MetricName }) => Namespace === 'AWS/ApiGateway' && MetricName === '5xx')).toBe(
        true,
      );
      const counted = alarms.filter(({ Namespace }) => Namespace === 'Harborlight');
      const pairs = counted.map(
        ({ MetricName, Dimensions }) => `${Dimensions.map(({ Name, Value }) => `${Name}=${Value}`)} ${MetricName}`,
      );
      expect(pairs.sort()).toEqual([
        'service=crm-sync BookingParked',
        'service=crm-sync SalesforceCallsUsed',
        'service=crm-sync VolumeAbnormal',
        'service=enrichment BookingReturned',
        'service=enrichment BookingsFoundBySweep',
        'service=enrichment FareHarborKeysRejected',
        'service=enrichment ModelBudgetUsed',
        'service=enrichment StrangersHeld',
        'service=enrichment WebhookQuarantined',
        'service=ingest WebhookOldKey',
        'service=ingest WebhookQuarantined',
        'service=ingest WebhookRejected',
        'service=marketing-sync BookingParked',
        'service=marketing-sync VolumeAbnormal',
        'service=reconcile CatchUpsPending',
        'service=reconcile CircuitsOpen',
        'service=reconcile CrmUnsyncedAge',
        'service=reconcile MarketingUnsyncedAge',
        'service=reconcile SinksPaused',
      ]);
    });

    test('each count watched is one that the function’s code emits', () => {
      for (const { MetricName, Dimensions } of alarms.filter(({ Namespace }) => Namespace === 'Harborlight')) {
        const service = Dimensions[0]?.Value ?? '';
        const name = Object.entries(METRIC).find(([, metric]) => metric === MetricName)?.[0];
        expect(bundledSources(deployment, service), `${service} never counts ${MetricName}`).toContain(
          `METRIC.${name}`,
        );
      }
    });

    test('every heading of the runbook is some alarm’s or known to have none, and says the five things the person on call needs', () => {
      expect([...SECTIONS.keys()].sort()).toEqual([...RUNBOOK_HEADINGS, ...WITHOUT_ALARM].sort());
      const named = new Set(
        [...alarms, ...composites].map(({ AlarmDescription }) => AlarmDescription.match(/RUNBOOK\.md, "(.+)"/)?.[1]),
      );
      const isAsked = (heading: string): boolean =>
        heading !== 'No webhook for long' || stage.alarms.silenceHours !== null;
      expect([...named].sort()).toEqual(RUNBOOK_HEADINGS.filter(isAsked).sort());
      for (const [heading, section] of SECTIONS) {
        const parts = [...section.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part);
        expect(parts, heading).toEqual([
          'Description',
          'What guests and staff notice',
          'Investigate',
          'Resolve',
          'How to know it is over',
        ]);
      }
    });
  });
}
