import * as z from 'zod';
import { intrinsicOf, isObject } from '../spec/intrinsics.ts';
import type { WholeTemplate } from '../spec/template-check.ts';
import {
  ALARM,
  COUNTS,
  DASHBOARD,
  ENVIRONMENT_BYTES,
  LENGTHS,
  type Limit,
  QUEUE_POLICY,
  RANGES,
  ROLE_POLICIES,
  TEMPLATE,
  TOPIC_POLICY,
} from './known-limits.ts';

/** Characters that a reference may become, at the most. */
const PSEUDO: Readonly<Record<string, number>> = {
  'AWS::AccountId': '123456789012'.length,
  'AWS::Partition': 'aws-us-gov'.length,
  'AWS::Region': 'ap-southeast-1'.length,
  'AWS::URLSuffix': 'amazonaws.com.cn'.length,
};
/** More than any ARN, name or address of ours has: a secret's ARN with a stage's longest name takes 100. */
const OTHER_REFERENCE = 128;

/** A value as text, each reference as long as it can become; what is no text as the JSON of it. */
export function atLongest(value: unknown): string {
  if (typeof value === 'string') return value;
  const call = intrinsicOf(value);
  if (call !== undefined) {
    const [name, argument] = call;
    if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
      return argument[1].map(atLongest).join(String(argument[0]));
    }
    return '~'.repeat(PSEUDO[String(argument)] ?? OTHER_REFERENCE);
  }
  return JSON.stringify(value, (_, inside: unknown) => (intrinsicOf(inside) ? atLongest(inside) : inside)) ?? '';
}

/** What of a template is over a limit of AWS's, one line each. @param bytes of the template's file. */
export function overLimits(template: WholeTemplate, bytes: number): string[] {
  const { Resources, Outputs, Parameters, Description = '' } = template;
  const count = (object: object): number => Object.keys(object).length;
  return [
    ...over('template: bytes', bytes, { most: TEMPLATE.bytes }),
    ...over('template: resources', count(Resources), { most: TEMPLATE.resources }),
    ...over('template: outputs', count(Outputs), { most: TEMPLATE.outputs }),
    ...over('template: parameters', count(Parameters), { most: TEMPLATE.parameters }),
    ...over('template: description', Buffer.byteLength(Description), { most: TEMPLATE.description }),
    ...Object.entries(Resources).flatMap(([id, { Type, Properties }]) => [
      ...plainLimits(id, Type, Properties),
      ...(SPECIAL[Type]?.(Properties) ?? []).map((line) => `${id}: ${line}`),
    ]),
  ];
}

function over(what: string, amount: number, { least = 0, most }: Pick<Limit, 'least' | 'most'>): string[] {
  if (amount > most) return [`${what} is ${amount}, at most ${most}`];
  return amount < least ? [`${what} is ${amount}, at least ${least}`] : [];
}

type Properties = Readonly<Record<string, unknown>>;

function plainLimits(id: string, type: string, properties: Properties): string[] {
  const of = (limits: Readonly<Record<string, Limit>>, measure: (value: unknown) => number | undefined): string[] =>
    Object.entries(limits).flatMap(([path, limit]) => {
      if (!path.startsWith(`${type}.`)) return [];
      const name = path.slice(type.length + 1);
      const value = valueAt(properties, name.split('.'));
      const amount = value === undefined ? undefined : measure(value);
      return amount === undefined ? [] : over(`${id}: ${name}`, amount, limit);
    });
  return [
    ...of(LENGTHS, (value) => atLongest(value).length),
    ...of(RANGES, (value) => (typeof value === 'number' ? value : undefined)),
    ...of(COUNTS, (value) => (Array.isArray(value) ? value.length : undefined)),
  ];
}

function valueAt(value: unknown, [name, ...deeper]: readonly string[]): unknown {
  if (name === undefined) return value;
  return isObject(value) ? valueAt(value[name], deeper) : undefined;
}

/** Limits that more than one property counts towards. */
const SPECIAL: Readonly<Record<string, (properties: Properties) => string[]>> = {
  'AWS::IAM::Role': ({ Policies = [] }) => {
    const documents = z.array(z.looseObject({ PolicyDocument: z.unknown() })).parse(Policies);
    const characters = documents.map(({ PolicyDocument }) => atLongest(PolicyDocument).replaceAll(/\s/g, '').length);
    return over(
      'policies of the role',
      characters.reduce((sum, one) => sum + one, 0),
      { most: ROLE_POLICIES },
    );
  },
  'AWS::Lambda::Function': ({ Environment = {} }) => {
    const { Variables } = z.object({ Variables: z.record(z.string(), z.unknown()).default({}) }).parse(Environment);
    const bytes = Object.entries(Variables).map(([name, value]) => Buffer.byteLength(name + atLongest(value)));
    return over(
      'environment',
      bytes.reduce((sum, one) => sum + one, 0),
      { most: ENVIRONMENT_BYTES },
    );
  },
  'AWS::SQS::QueuePolicy': ({ PolicyDocument }) =>
    over('policy', atLongest(PolicyDocument).length, { most: QUEUE_POLICY }),
  'AWS::SNS::TopicPolicy': ({ PolicyDocument }) =>
    over('policy', atLongest(PolicyDocument).length, { most: TOPIC_POLICY }),
  'AWS::CloudWatch::Alarm': alarmLimits,
  'AWS::CloudWatch::Dashboard': dashboardLimits,
};

const alarmSchema = z.looseObject({
  Period: z.int().optional(),
  EvaluationPeriods: z.int(),
  Metrics: z.array(z.looseObject({ MetricStat: z.looseObject({ Period: z.int() }).optional() })).default([]),
});

function alarmLimits(properties: Properties): string[] {
  const { Period, EvaluationPeriods, Metrics } = alarmSchema.parse(properties);
  const periods = [
    ...(Period === undefined ? [] : [Period]),
    ...Metrics.map(({ MetricStat }) => MetricStat?.Period ?? 0),
  ];
  const period = Math.max(0, ...periods);
  const most = period < 3600 ? ALARM.shortPeriods : ALARM.longPeriods;
  const metrics = Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length;
  return [
    ...over('seconds looked back', period * EvaluationPeriods, { most }),
    ...over('metrics of the expression', metrics, { most: ALARM.metrics }),
  ];
}

const bodySchema = z.object({
  widgets: z.array(z.looseObject({ properties: z.looseObject({ metrics: z.array(z.unknown()).default([]) }) })),
});

function dashboardLimits({ DashboardBody }: Properties): string[] {
  const { widgets } = bodySchema.parse(JSON.parse(atLongest(DashboardBody)));
  const metrics = widgets.map(({ properties }) => properties.metrics.length);
  return [
    ...over('widgets', widgets.length, { most: DASHBOARD.widgets }),
    ...over('metrics of a widget', Math.max(0, ...metrics), { most: DASHBOARD.metricsOfWidget }),
    ...over(
      'metrics',
      metrics.reduce((sum, one) => sum + one, 0),
      { most: DASHBOARD.metrics },
    ),
  ];
}
