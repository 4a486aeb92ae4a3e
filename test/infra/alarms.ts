import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RUNBOOK_HEADINGS } from '../../infra/constructs/alarms.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { bundledSources } from './bundles.ts';
import type { Deployment } from './synth.ts';
import { alarmSchema, functionSchema, queueSchema, resources } from './template.ts';

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
  'Tables restored',
  'Queue purged',
];

export function describeAlarms(deployment: Deployment): void {
  const { stage, pipeline } = deployment;
  const alarms = resources(pipeline, 'AWS::CloudWatch::Alarm', alarmSchema).map(({ properties }) => properties);
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

    test.each(alarms)('$AlarmName tells somebody, and stays quiet while nothing happens', (alarm) => {
      expect(alarm.AlarmActions).toHaveLength(1);
      expect(alarm.TreatMissingData).toBe('notBreaching');
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
        'service=enrichment StrangersHeld',
        'service=enrichment WebhookQuarantined',
        'service=ingest WebhookQuarantined',
        'service=ingest WebhookRejected',
        'service=marketing-sync BookingParked',
        'service=marketing-sync VolumeAbnormal',
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
      const named = new Set(alarms.map(({ AlarmDescription }) => AlarmDescription.match(/RUNBOOK\.md, "(.+)"/)?.[1]));
      expect([...named].sort()).toEqual([...RUNBOOK_HEADINGS].sort());
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
