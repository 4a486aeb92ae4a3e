import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { addHarborlight } from '../app.ts';
import { type Resource, readAssembly } from '../local/assembly.ts';
import type { Stage } from '../stages.ts';

/** What of a stage costs by being there, and what decides about the price of its work. */
export interface Deployed {
  /** By service name. */
  readonly functions: Readonly<Record<string, DeployedFunction>>;
  /** Queues that Lambda polls. */
  readonly polledQueues: number;
  /** Metrics that alarms look at: one for most, more where they are calculated with. */
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  /** Metrics of our own that alarms and dashboards name, as `service metric`. */
  readonly metrics: readonly string[];
  readonly secrets: number;
  readonly keys: number;
  readonly companies: number;
  /** Months that logs are kept. */
  readonly logMonths: number;
  /** A line of the API's access log about a webhook that was taken, in bytes. */
  readonly accessLogBytes: number;
}

/** Lines and bytes, as they are before CloudWatch adds to each. */
export interface Logged {
  readonly lines: number;
  readonly bytes: number;
}

export interface DeployedFunction {
  readonly memoryMb: number;
  readonly traced: boolean;
  /** What Lambda writes beside the function's own lines about an invocation that goes well. */
  readonly platformLog: Logged;
  /** Runs a month by a schedule. */
  readonly scheduledRuns: number;
}

export const MINUTES_A_MONTH = 730 * 60;
const DAYS_A_MONTH = 730 / 24;

const functionSchema = z.looseObject({
  MemorySize: z.number().default(128),
  TracingConfig: z.looseObject({ Mode: z.string() }).optional(),
  LoggingConfig: z
    .looseObject({
      LogFormat: z.enum(['Text', 'JSON']).default('Text'),
      SystemLogLevel: z.enum(['DEBUG', 'INFO', 'WARN']).default('INFO'),
    })
    .prefault({}),
  Environment: z.looseObject({ Variables: z.looseObject({ SERVICE_NAME: z.string() }) }),
});
const alarmSchema = z.looseObject({
  Metrics: z.array(z.looseObject({ MetricStat: z.unknown().optional() })).optional(),
});
const ruleSchema = z.looseObject({ ScheduleExpression: z.string().optional(), Targets: z.unknown() });
const logGroupSchema = z.looseObject({ RetentionInDays: z.number().optional() });
const apiStageSchema = z.looseObject({ AccessLogSettings: z.looseObject({ Format: z.string() }).optional() });

/** Synthesizes the stage, without an account, and counts in its templates. */
export function deployedAs(stage: Stage): Deployed {
  const directory = mkdtempSync(join(tmpdir(), 'harborlight-cost-'));
  try {
    const app = new App({ outdir: directory });
    addHarborlight(app, stage);
    app.synth();
    return countDeployed(readAssembly(directory).resources, Object.keys(stage.settings.companies).length);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Counts in a template's resources. @param companies of the stage's settings. */
export function countDeployed(resources: readonly Resource[], companies: number): Deployed {
  const count = (type: string): number => resources.filter((one) => one.type === type).length;
  const all = <T>(type: string, schema: z.ZodType<T>): readonly T[] =>
    resources.filter((one) => one.type === type).map(({ properties }) => schema.parse(properties));
  const retention = all('AWS::Logs::LogGroup', logGroupSchema).map(({ RetentionInDays }) => RetentionInDays ?? 3650);
  const accessLogs = all('AWS::ApiGatewayV2::Stage', apiStageSchema).map(({ AccessLogSettings }) =>
    accessLogBytes(AccessLogSettings?.Format ?? ''),
  );
  return {
    functions: functionsOf(resources),
    polledQueues: count('AWS::Lambda::EventSourceMapping'),
    alarmMetrics: all('AWS::CloudWatch::Alarm', alarmSchema).reduce((sum, alarm) => sum + metricsOfAlarm(alarm), 0),
    compositeAlarms: count('AWS::CloudWatch::CompositeAlarm'),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    metrics: ownMetrics(resources),
    secrets: count('AWS::SecretsManager::Secret'),
    keys: count('AWS::KMS::Key'),
    companies,
    logMonths: Math.max(0, ...retention) / DAYS_A_MONTH,
    accessLogBytes: Math.max(0, ...accessLogs),
  };
}

function functionsOf(resources: readonly Resource[]): Readonly<Record<string, DeployedFunction>> {
  const rules = resources.filter(({ type }) => type === 'AWS::Events::Rule');
  return Object.fromEntries(
    resources
      .filter(({ type }) => type === 'AWS::Lambda::Function')
      .map(({ logicalId, properties }) => {
        const { MemorySize, TracingConfig, LoggingConfig, Environment } = functionSchema.parse(properties);
        const runs = rules.map((rule) => runsOf(rule, logicalId)).reduce((sum, each) => sum + each, 0);
        return [
          Environment.Variables.SERVICE_NAME,
          {
            memoryMb: MemorySize,
            traced: TracingConfig?.Mode === 'Active',
            platformLog: platformLogOf(LoggingConfig),
            scheduledRuns: runs,
          },
        ];
      }),
  );
}

/** START, END and REPORT, on average. */
const PLATFORM_TEXT: Logged = { lines: 3, bytes: 300 };
/** `platform.start` and `platform.report`, at DEBUG `platform.runtimeDone` as well; at WARN only what went wrong. */
const PLATFORM_JSON: Readonly<Record<'DEBUG' | 'INFO' | 'WARN', Logged>> = {
  DEBUG: { lines: 3, bytes: 650 },
  INFO: { lines: 2, bytes: 400 },
  WARN: { lines: 0, bytes: 0 },
};

function platformLogOf({ LogFormat, SystemLogLevel }: z.infer<typeof functionSchema>['LoggingConfig']): Logged {
  return LogFormat === 'JSON' ? PLATFORM_JSON[SystemLogLevel] : PLATFORM_TEXT;
}

/** Characters of what the gateway puts in the place of its words, where a webhook is taken. */
const ACCESS_LOG_VALUES: Readonly<Record<string, number>> = {
  requestId: 16,
  status: 3,
  'identity.sourceIp': 14,
  responseLatency: 2,
  integrationErrorMessage: 1,
};

/** A word that is not known here counts as long as it is written. */
function accessLogBytes(format: string): number {
  return format.replaceAll(/\$context\.([\w.]+)/g, (all, word: string) =>
    'x'.repeat(ACCESS_LOG_VALUES[word] ?? all.length),
  ).length;
}

const MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** How often a rule calls this function in a month. */
function runsOf({ properties }: Resource, functionId: string): number {
  const { ScheduleExpression = '', Targets } = ruleSchema.parse(properties);
  if (!JSON.stringify(Targets).includes(`"${functionId}"`)) return 0;
  const [, every, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(ScheduleExpression) ?? [];
  return unit === undefined ? 0 : MINUTES_A_MONTH / (Number(every) * (MINUTES[unit] ?? 1));
}

function metricsOfAlarm({ Metrics }: z.infer<typeof alarmSchema>): number {
  return Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
}

const IN_DASHBOARD = /"Harborlight","(\w+)","service","([\w-]+)"/g;

/** Metrics of our namespace that alarms and dashboards name. Both write one dimension, the service. */
function ownMetrics(resources: readonly Resource[]): readonly string[] {
  const found = new Set<string>();
  for (const { type, properties } of resources) {
    if (type === 'AWS::CloudWatch::Dashboard') {
      // The body is JSON within JSON, cut where a name is known only at the deployment.
      const body = JSON.stringify(properties.DashboardBody).replaceAll('\\"', '"');
      for (const [, metric, service] of body.matchAll(IN_DASHBOARD)) found.add(`${service} ${metric}`);
    }
    if (type === 'AWS::CloudWatch::Alarm') for (const metric of metricsNamed(properties)) found.add(metric);
  }
  return [...found].sort();
}

const namedSchema = z.looseObject({
  Namespace: z.literal('Harborlight'),
  MetricName: z.string(),
  Dimensions: z.array(z.looseObject({ Name: z.string(), Value: z.string() })),
});

/** Wherever in an alarm a metric of ours stands. */
function metricsNamed(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(metricsNamed);
  if (typeof value !== 'object' || value === null) return [];
  const named = namedSchema.safeParse(value);
  const own = named.success
    ? [`${named.data.Dimensions.find(({ Name }) => Name === 'service')?.Value ?? '?'} ${named.data.MetricName}`]
    : [];
  return [...own, ...Object.values(value).flatMap(metricsNamed)];
}
