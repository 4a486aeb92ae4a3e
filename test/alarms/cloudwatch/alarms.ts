import * as z from 'zod';
import { readAssembly } from '../../../infra/local/assembly.ts';
import { identify } from '../../../infra/local/identity.ts';
import { resolve, type Scope } from '../../../infra/local/intrinsics.ts';
import { type Holds, parseCompositeRule } from './composite-rule.ts';
import type { Rule } from './judge.ts';
import { computeMath, type Series } from './math.ts';
import { type Node, parseMath } from './math-syntax.ts';
import { statisticNamed } from './statistic.ts';
import type { MetricId, Timeline } from './timeline.ts';

interface Described {
  readonly name: string;
  readonly description: string;
  /** What is told when it goes to ALARM: the topics' identities in the template. */
  readonly actions: readonly string[];
}

export interface MetricAlarm extends Described {
  readonly kind: 'metric';
  readonly rule: Rule;
  readonly periodMinutes: number;
  /** The metrics that it looks at. */
  readonly metrics: readonly MetricId[];
  /** Its values for so many periods, the newest ending where minute `end` begins; the newest last. */
  readonly values: (timeline: Timeline, end: number, periods: number) => Series;
}

export interface CompositeAlarm extends Described {
  readonly kind: 'composite';
  readonly rule: Holds;
  /** The alarm during which it tells nobody. */
  readonly suppressor: string | undefined;
}

export type Alarm = MetricAlarm | CompositeAlarm;

const dimensions = z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]);
const metricSchema = z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions });
const partSchema = z.strictObject({
  Id: z.string().regex(/^[a-z]\w*$/),
  Label: z.string().optional(),
  Expression: z.string().optional(),
  Period: z.int().optional(),
  MetricStat: z.strictObject({ Metric: metricSchema, Period: z.int(), Stat: z.string() }).optional(),
  ReturnData: z.boolean().default(true),
});
type Part = z.infer<typeof partSchema>;

/** What every alarm may say without its state depending on it. */
const told = {
  AlarmName: z.string(),
  AlarmDescription: z.string().default(''),
  ActionsEnabled: z.literal(true).optional(),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  InsufficientDataActions: z.array(z.string()).default([]),
  Tags: z.unknown().optional(),
};

const COMPARISONS = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
};

const alarmSchema = z.strictObject({
  ...told,
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensions,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.int().optional(),
  Metrics: z.array(partSchema).max(11).optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum([
    'GreaterThanOrEqualToThreshold',
    'GreaterThanThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  EvaluationPeriods: z.int(),
  DatapointsToAlarm: z.int().optional(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).default('missing'),
});

const compositeSchema = z.strictObject({
  ...told,
  AlarmRule: z.string(),
  ActionsSuppressor: z.string().optional(),
  ActionsSuppressorWaitPeriod: z.int().optional(),
  ActionsSuppressorExtensionPeriod: z.int().optional(),
});

/**
 * Reads every alarm of a synthesized assembly, with the names that its resources have on this machine.
 * @throws naming the alarm, where it says something whose meaning is not known here.
 */
export function readAlarms(assemblyDirectory: string): readonly Alarm[] {
  const assembly = readAssembly(assemblyDirectory);
  const scopeOf = (stackName: string): Scope =>
    assembly.scope(stackName, (resource) => identify(resource, scopeOf(resource.stackName), 'http://sqs.test'));
  const found = assembly.resources
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm' || type === 'AWS::CloudWatch::CompositeAlarm')
    .map((resource) => {
      const scope = scopeOf(resource.stackName);
      const properties = z.looseObject({ AlarmName: z.string() }).parse(resolve(resource.properties, scope));
      const { ref, attributes } = identify(resource, scope, '');
      return { type: resource.type, properties, ids: [ref, attributes.Arn ?? ref, properties.AlarmName] };
    });
  const names = new Map(found.flatMap(({ ids, properties }) => ids.map((id) => [id, properties.AlarmName])));
  return found.map(({ type, properties }) => {
    try {
      return type === 'AWS::CloudWatch::Alarm' ? metricAlarm(properties) : compositeAlarm(properties, names);
    } catch (error) {
      throw new Error(`the alarm ${properties.AlarmName}: ${error instanceof Error ? error.message : 'unreadable'}`);
    }
  });
}

/** Makes an alarm of its CloudFormation properties. @throws on what is not known here. */
export function metricAlarm(properties: unknown): MetricAlarm {
  const parsed = alarmSchema.parse(properties);
  const parts = parsed.Metrics ?? [onlyPart(parsed)];
  const { periodSeconds, metrics, values } = source(parts);
  const compare = COMPARISONS[parsed.ComparisonOperator];
  return {
    kind: 'metric',
    name: parsed.AlarmName,
    description: parsed.AlarmDescription,
    actions: parsed.AlarmActions,
    rule: {
      breaches: (value) => compare(value, parsed.Threshold),
      datapointsToAlarm: parsed.DatapointsToAlarm ?? parsed.EvaluationPeriods,
      evaluationPeriods: parsed.EvaluationPeriods,
      treatMissingData: parsed.TreatMissingData,
    },
    periodMinutes: periodSeconds / 60,
    metrics,
    values,
  };
}

function onlyPart({ Namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Period }: AlarmProperties): Part {
  const Stat = Statistic ?? ExtendedStatistic;
  if (Namespace === undefined || MetricName === undefined || Period === undefined || Stat === undefined) {
    throw new Error('neither a metric nor an expression');
  }
  return { Id: 'only', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat }, ReturnData: true };
}
type AlarmProperties = z.infer<typeof alarmSchema>;

function source(parts: readonly Part[]): Pick<MetricAlarm, 'metrics' | 'values'> & { readonly periodSeconds: number } {
  const stats = parts.flatMap(({ Id, MetricStat }) => (MetricStat === undefined ? [] : [{ Id, ...MetricStat }]));
  const periods = new Set(parts.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []));
  const [periodSeconds, ...others] = periods;
  if (periodSeconds === undefined || others.length > 0 || periodSeconds % 60 !== 0) {
    throw new Error(`its periods are ${[...periods].join(' and ')} seconds; one of whole minutes is needed`);
  }
  for (const { Stat } of stats) statisticNamed(Stat);
  const expressions = new Map<string, Node>(
    parts.flatMap(({ Id, Expression }) => (Expression === undefined ? [] : [[Id, parseMath(Expression)]])),
  );
  const [returned, ...more] = parts.filter(({ ReturnData }) => ReturnData);
  if (returned === undefined || more.length > 0) throw new Error('one part has to be returned, and one only');
  const minutes = periodSeconds / 60;
  const idOf = ({ Metric }: (typeof stats)[number]): MetricId => ({
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    dimensions: Object.fromEntries(Metric.Dimensions.map(({ Name, Value }) => [Name, Value])),
  });
  const metrics = new Map(stats.map((stat) => [stat.Id, { id: idOf(stat), statistic: stat.Stat }]));
  return {
    periodSeconds,
    metrics: [...metrics.values()].map(({ id }) => id),
    values: (timeline, end, count) => {
      const ends = Array.from({ length: count }, (_, index) => end - (count - 1 - index) * minutes);
      const times = ends.map((one) => timeline.at(one - minutes));
      const named = (name: string): Series => {
        const metric = metrics.get(name);
        if (metric) return ends.map((one) => timeline.statistic(metric.id, metric.statistic, one, minutes));
        const expression = expressions.get(name);
        if (expression === undefined) throw new Error(`metric math: nothing is called ${name}`);
        return computeMath(expression, { named, times, periodSeconds });
      };
      return named(returned.Id);
    },
  };
}

/** Makes a composite alarm of its CloudFormation properties. @throws on what is not known here. */
export function compositeAlarm(properties: unknown, names: ReadonlyMap<string, string>): CompositeAlarm {
  const parsed = compositeSchema.parse(properties);
  const nameOf = (id: string): string => {
    const name = names.get(id);
    if (name === undefined) throw new Error(`it names the alarm ${id}, which is not there`);
    return name;
  };
  const rule = parseCompositeRule(parsed.AlarmRule);
  for (const alarm of rule.alarms) nameOf(alarm);
  return {
    kind: 'composite',
    name: parsed.AlarmName,
    description: parsed.AlarmDescription,
    actions: parsed.AlarmActions,
    rule: (stateOf) => rule.holds((id) => stateOf(nameOf(id))),
    suppressor: parsed.ActionsSuppressor === undefined ? undefined : nameOf(parsed.ActionsSuppressor),
  };
}
