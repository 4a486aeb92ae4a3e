import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { addHarborlight } from '../../../infra/app.ts';
import { parseAlarmSettings } from '../../../infra/settings/alarm-settings.ts';
import { STAGE_NAME, type Stage, stageNamed } from '../../../infra/stages.ts';
import { wholeTemplateSchema } from '../spec/template-check.ts';
import { LENGTHS, RANGES, TEMPLATE } from './known-limits.ts';
import { atLongest, overLimits } from './over-limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'harborlight-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What is over a limit with one resource of this type. */
function found(Type: string, Properties: object): string[] {
  return overLimits(wholeTemplateSchema.parse({ Resources: { Thing: { Type, Properties } } }), 100);
}

function nested([name = '', ...deeper]: readonly string[], value: number): object {
  return { [name]: deeper.length === 0 ? value : nested(deeper, value) };
}

const long = (length: number): string => 'x'.repeat(length);

describe('what is over a limit', () => {
  test.each(Object.entries(LENGTHS))('%s, by one character and not before', (path, { most }) => {
    const [, type = '', property = ''] = /^(.*)\.(\w+)$/.exec(path) ?? [];
    expect(found(type, { ...ALSO[type], [property]: long(most) })).toEqual([]);
    expect(found(type, { ...ALSO[type], [property]: long(most + 1) })).toEqual([
      `Thing: ${property} is ${most + 1}, at most ${most}`,
    ]);
  });

  test.each(Object.entries(RANGES))('%s, above and below', (path, { least = 0, most }) => {
    const [, type = '', way = ''] = /^(\w+::\w+::\w+)\.(.+)$/.exec(path) ?? [];
    const holding = (value: number): object => nested(way.split('.'), value);
    expect(found(type, holding(most))).toEqual([]);
    expect(found(type, holding(most + 1))).toEqual([`Thing: ${way} is ${most + 1}, at most ${most}`]);
    expect(found(type, holding(least - 1))).toEqual([`Thing: ${way} is ${least - 1}, at least ${least}`]);
  });

  test('policies of a role, together, blanks apart', () => {
    const PolicyDocument = { Statement: [{ Sid: long(6000) }] };
    expect(found('AWS::IAM::Role', { Policies: [{ PolicyDocument }] })).toEqual([]);
    expect(found('AWS::IAM::Role', { Policies: [{ PolicyDocument }, { PolicyDocument }] })).toEqual([
      expect.stringMatching(/^Thing: policies of the role is 120\d\d, at most 10240$/),
    ]);
    const blanks = { Statement: [{ Sid: ' '.repeat(12_000) }] };
    expect(found('AWS::IAM::Role', { Policies: [{ PolicyDocument: blanks }] })).toEqual([]);
  });

  test('more managed policies than a role may have', () => {
    expect(found('AWS::IAM::Role', { ManagedPolicyArns: Array.from({ length: 11 }, () => 'arn') })).toHaveLength(1);
  });

  test('the variables of a function, together', () => {
    const Variables = { A: long(2000), B: long(2000) };
    expect(found('AWS::Lambda::Function', { Environment: { Variables } })).toEqual([]);
    const more = { ...Variables, C: { Ref: 'Table' } };
    expect(found('AWS::Lambda::Function', { Environment: { Variables: more } })).toEqual([
      'Thing: environment is 4131, at most 4096',
    ]);
  });

  test('policies of queues and topics', () => {
    const PolicyDocument = { Statement: [{ Sid: long(40_000) }] };
    for (const type of ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']) {
      expect(found(type, { PolicyDocument })).toHaveLength(1);
    }
  });

  test('alarms that look back too far, or at too many figures', () => {
    const alarm = (Period: number, EvaluationPeriods: number): object => ({ Period, EvaluationPeriods });
    expect(found('AWS::CloudWatch::Alarm', alarm(3600, 168))).toEqual([]);
    expect(found('AWS::CloudWatch::Alarm', alarm(3600, 169))).toHaveLength(1);
    expect(found('AWS::CloudWatch::Alarm', alarm(300, 288))).toEqual([]);
    expect(found('AWS::CloudWatch::Alarm', alarm(300, 289))).toHaveLength(1);
    const Metrics = Array.from({ length: 11 }, () => ({ MetricStat: { Period: 60 } }));
    expect(found('AWS::CloudWatch::Alarm', { EvaluationPeriods: 1, Metrics })).toHaveLength(1);
  });

  test('dashboards with too much on them', () => {
    const body = (widgets: number, metrics: number): object => ({
      DashboardBody: JSON.stringify({
        widgets: Array.from({ length: widgets }, () => ({ properties: { metrics: Array(metrics).fill(['A', 'B']) } })),
      }),
    });
    expect(found('AWS::CloudWatch::Dashboard', body(5, 500))).toEqual([]);
    expect(found('AWS::CloudWatch::Dashboard', body(501, 1))).toHaveLength(1);
    expect(found('AWS::CloudWatch::Dashboard', body(1, 501))).toHaveLength(1);
    expect(found('AWS::CloudWatch::Dashboard', body(6, 417))).toHaveLength(1);
  });

  test('a template: its bytes, its resources, its outputs, its description', () => {
    const many = (count: number, one: object): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`One${index}`, one]));
    const template = wholeTemplateSchema.parse({
      Description: long(1025),
      Resources: many(501, { Type: 'AWS::SQS::Queue' }),
      Outputs: many(201, { Value: 'x' }),
    });
    expect(overLimits(template, 1_000_001)).toEqual([
      'template: bytes is 1000001, at most 1000000',
      'template: resources is 501, at most 500',
      'template: outputs is 201, at most 200',
      'template: description is 1025, at most 1024',
    ]);
  });
});

/** What a resource cannot be without here. */
const ALSO: Readonly<Record<string, object>> = {
  'AWS::CloudWatch::Alarm': { EvaluationPeriods: 1 },
  'AWS::CloudWatch::Dashboard': { DashboardBody: '{"widgets":[]}' },
};

test('references count as long as they can become', () => {
  const Join = ['', ['https://', { Ref: 'AWS::Region' }, '.test/', { 'Fn::GetAtt': ['Queue', 'Arn'] }]];
  expect(atLongest({ 'Fn::Join': Join })).toHaveLength('https://ap-southeast-1.test/'.length + 128);
  expect(atLongest({ a: [{ Ref: 'AWS::AccountId' }] })).toBe('{"a":["~~~~~~~~~~~~"]}');
});

describe('a stage of the longest name, with a runbook at the longest address', () => {
  const prod = stageNamed('prod');
  const runbookUrl = `https://runbook.test/${'x'.repeat(120 - 'https://runbook.test/'.length)}`;
  const alarms = { ...prod.alarms, ...parseAlarmSettings({ runbookUrl }) };
  const stage: Stage = { ...prod, name: 'stageof16letters', alarms };
  const app = () => new App({ outdir: mkdtempSync(join(folder, 'app-')), context: { 'aws:cdk:bundling-stacks': [] } });

  test('is within every limit', () => {
    expect(STAGE_NAME.test(stage.name)).toBe(true);
    const own = app();
    addHarborlight(own, stage);
    const { stacks } = own.synth();
    expect(stacks).toHaveLength(2);
    for (const { stackName, templateFullPath } of stacks) {
      const template = wholeTemplateSchema.parse(JSON.parse(readFileSync(templateFullPath, 'utf8')));
      expect(overLimits(template, statSync(templateFullPath).size)).toEqual([]);
      expect(stackName.length).toBeLessThanOrEqual(TEMPLATE.stackName);
    }
  }, 120_000);

  test.each(['stageof17letters_', 'stageof17lettersx', 'Prod', '1st', ''])('none is called %j', (name) => {
    expect(() => addHarborlight(app(), { ...prod, name })).toThrow('is not 1 to 16 small letters and digits');
  });
});
