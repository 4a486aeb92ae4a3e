import { describe, expect, it } from 'vitest';
import { countDeployed, deployedAs } from '../../../infra/cost/deployed.ts';
import { type FunctionName, stageNamed } from '../../../infra/stages.ts';

/** What Lambda writes where nothing else is asked for. */
const text = { lines: 3, bytes: 300 };
let number = 0;
const resource = (type: string, properties: Record<string, unknown> = {}, logicalId?: string) => {
  number += 1;
  return { stackName: 's', logicalId: logicalId ?? `R${number}`, type: `AWS::${type}`, properties };
};
const ours = (name: string, service: string) => ({
  Namespace: 'Harborlight',
  MetricName: name,
  Dimensions: [{ Name: 'service', Value: service }],
});

describe('what a template costs by being there', () => {
  const deployed = countDeployed(
    [
      resource('CloudWatch::Alarm', ours('BookingParked', 'crm-sync')),
      resource('CloudWatch::Alarm', { Namespace: 'AWS/SQS', MetricName: 'Age' }),
      resource('CloudWatch::Alarm', {
        Metrics: [
          { Id: 'e', Expression: 'a / b' },
          { Id: 'a', MetricStat: { Metric: ours('SyncLatency', 'crm-sync') } },
          { Id: 'b', MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors' } } },
        ],
      }),
      resource('CloudWatch::CompositeAlarm'),
      resource('CloudWatch::Dashboard', {
        DashboardBody: {
          'Fn::Join': [
            '',
            ['{"widgets":[{"metrics":[["Harborlight","SyncLatency","service","marketing-sync",{"region":"', '"}]]}]}'],
          ],
        },
      }),
      resource('SecretsManager::Secret'),
      resource('SecretsManager::Secret'),
      resource('KMS::Key'),
      resource('Lambda::EventSourceMapping'),
      resource('Logs::LogGroup', { RetentionInDays: 73 }),
      resource('ApiGatewayV2::Stage', {
        AccessLogSettings: { Format: '{"id":"$context.requestId","ip":"$context.identity.sourceIp","x":"$context.x"}' },
      }),
      resource(
        'Lambda::Function',
        {
          MemorySize: 256,
          TracingConfig: { Mode: 'Active' },
          Environment: { Variables: { SERVICE_NAME: 'reconcile' } },
        },
        'Reconcile',
      ),
      resource('Lambda::Function', { Environment: { Variables: { SERVICE_NAME: 'ingest' } } }, 'Ingest'),
      resource('Events::Rule', {
        ScheduleExpression: 'rate(5 minutes)',
        Targets: [{ Arn: { 'Fn::GetAtt': ['Reconcile', 'Arn'] } }],
      }),
    ],
    2,
  );

  it('counts alarms by the metrics they look at', () => {
    expect([deployed.alarmMetrics, deployed.compositeAlarms, deployed.dashboards]).toEqual([1 + 1 + 2, 1, 1]);
  });

  it('finds our own metrics wherever they are named', () => {
    expect(deployed.metrics).toEqual(['crm-sync BookingParked', 'crm-sync SyncLatency', 'marketing-sync SyncLatency']);
  });

  it('counts the rest', () => {
    expect(deployed).toMatchObject({
      secrets: 2,
      keys: 1,
      polledQueues: 1,
      companies: 2,
      // The format's own 24, an id's 16, an address' 14, and an unknown word as long as it is.
      accessLogBytes: 24 + 16 + 14 + 10,
    });
    expect(deployed.logMonths).toBeCloseTo(2.4, 6);
  });

  it('knows of each function how large it is, whether it is traced and how often it runs by itself', () => {
    expect(deployed.functions).toEqual({
      reconcile: { memoryMb: 256, traced: true, platformLog: text, scheduledRuns: 8_760 },
      ingest: { memoryMb: 128, traced: false, platformLog: text, scheduledRuns: 0 },
    });
  });

  it.each([
    [undefined, 3],
    [{ LogGroup: 'one' }, 3],
    // The level is one of the other format's; Lambda refuses the two together.
    [{ LogFormat: 'Text' }, 3],
    [{ LogFormat: 'JSON' }, 2],
    [{ LogFormat: 'JSON', SystemLogLevel: 'INFO' }, 2],
    [{ LogFormat: 'JSON', SystemLogLevel: 'DEBUG' }, 3],
    [{ LogFormat: 'JSON', SystemLogLevel: 'WARN' }, 0],
  ])('with %j, Lambda writes %i lines of its own about an invocation', (LoggingConfig, lines) => {
    const Environment = { Variables: { SERVICE_NAME: 'one' } };
    const { functions } = countDeployed([resource('Lambda::Function', { Environment, LoggingConfig })], 1);
    expect(functions.one?.platformLog.lines).toBe(lines);
    expect((functions.one?.platformLog.bytes ?? 0) > 0).toBe(lines > 0);
  });

  it('reads the real stage', { timeout: 120_000 }, () => {
    const stage = stageNamed('prod');
    const real = deployedAs(stage);
    for (const name of Object.keys(stage.memory) as FunctionName[]) {
      expect(real.functions[name]?.memoryMb).toBe(stage.memory[name]);
      expect(real.functions[name]?.platformLog.lines).toBe(0);
    }
    expect(real.functions.reconcile?.scheduledRuns).toBe(43_800);
    expect(real.polledQueues).toBe(3);
    for (const some of [real.alarmMetrics, real.metrics.length, real.secrets, real.keys, real.accessLogBytes]) {
      expect(some).toBeGreaterThan(0);
    }
  });
});
