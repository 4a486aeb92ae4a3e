import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from 'vitest';
import { templateProblems, wholeTemplateSchema } from './template-check.ts';

const spec = await loadAwsServiceSpec();

/** What is wrong with one resource `Thing` of this type, beside a queue, a role and a parameter to refer to. */
function problems(Type: string, Properties: object, more: object = {}): string[] {
  const template = {
    Parameters: { Version: { Type: 'String' }, Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' } },
    Resources: {
      Thing: { Type, Properties, ...more },
      Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
    },
  };
  return templateProblems(wholeTemplateSchema.parse(template), spec, new Set(['data:Key']));
}

const FUNCTION = { Code: { S3Bucket: 'b', S3Key: 'k' }, Role: { 'Fn::GetAtt': ['Role', 'Arn'] } };
const TABLE = { KeySchema: [{ AttributeName: 'uuid', KeyType: 'HASH' }] };

describe('what is right', () => {
  test.each([
    ['AWS::Lambda::Function', { ...FUNCTION, MemorySize: 512, Runtime: 'nodejs24.x', Architectures: ['arm64'] }],
    ['AWS::Lambda::Function', { ...FUNCTION, Environment: { Variables: { A: 'x', B: { Ref: 'Queue' } } } }],
    ['AWS::Lambda::Function', { ...FUNCTION, FunctionName: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] } }],
    ['AWS::Lambda::Function', { ...FUNCTION, Description: { Ref: 'AWS::NoValue' } }],
    ['AWS::Lambda::Function', { ...FUNCTION, Description: { 'Fn::ImportValue': 'data:Key' } }],
    ['AWS::Lambda::Function', { ...FUNCTION, Description: { 'Fn::Sub': `of \${AWS::Region}, \${Queue.QueueName}` } }],
    ['AWS::Lambda::Function', { ...FUNCTION, VpcConfig: { SubnetIds: { Ref: 'Subnets' } } }],
    ['AWS::DynamoDB::Table', TABLE],
    ['AWS::CloudWatch::Alarm', { EvaluationPeriods: 1, ComparisonOperator: 'LessThanThreshold', Threshold: 0.5 }],
    ['AWS::SQS::Queue', { Tags: [{ Key: 'stage', Value: 'dev' }] }],
  ])('%s %j', (type, properties) => {
    expect(problems(type, properties)).toEqual([]);
  });
});

describe('what is wrong', () => {
  const cases: readonly [string, object, string][] = [
    ['AWS::Lambda::Funktion', {}, 'Thing: there is no resource type AWS::Lambda::Funktion'],
    ['AWS::Lambda::Function', { ...FUNCTION, MemorySise: 512 }, 'Thing.MemorySise: there is no such property'],
    ['AWS::Lambda::Function', { ...FUNCTION, toString: 'x' }, 'Thing.toString: there is no such property'],
    ['AWS::Lambda::Function', { ...FUNCTION, MemorySize: '512' }, 'Thing.MemorySize: is string, wanted is integer'],
    ['AWS::Lambda::Function', { ...FUNCTION, MemorySize: 512.5 }, 'Thing.MemorySize: is number, wanted is integer'],
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, Architectures: 'arm64' },
      'Thing.Architectures: is string, wanted is a list',
    ],
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, RecursiveLoop: 'Sometimes' },
      'Thing.RecursiveLoop: is Sometimes, allowed is',
    ],
    ['AWS::Lambda::Function', { Code: FUNCTION.Code }, 'Thing.Role: is required'],
    ['AWS::Lambda::Function', { ...FUNCTION, Role: { Ref: 'AWS::NoValue' } }, 'Thing.Role: is required'],
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, Code: { S3Bukket: 'b' } },
      'Thing.Code.S3Bukket: there is no such property',
    ],
    ['AWS::Lambda::Function', { ...FUNCTION, Environment: { Variables: { A: 5 } } }, 'Variables.A: is integer'],
    ['AWS::Lambda::Function', { ...FUNCTION, Environment: ['A=5'] }, 'Thing.Environment: is list, wanted is an object'],
    ['AWS::Lambda::Function', { ...FUNCTION, Timeout: { Ref: 'Queue' } }, 'Thing.Timeout: Ref gives string'],
    ['AWS::Lambda::Function', { ...FUNCTION, Layers: { Ref: 'Version' } }, 'Thing.Layers: Ref gives string'],
    ['AWS::Lambda::Function', { ...FUNCTION, Role: { Ref: 'Rolle' } }, 'Thing.Role: Rolle is not in the template'],
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, Role: { 'Fn::GetAtt': ['Role', 'Am'] } },
      'AWS::IAM::Role has no attribute Am',
    ],
    ['AWS::Lambda::Function', { ...FUNCTION, Role: { 'Fn::ImportValue': 'data:Kay' } }, 'no stack exports data:Kay'],
    ['AWS::Lambda::Function', { ...FUNCTION, Description: { 'Fn::Sub': `\${Queu}` } }, 'Queu is not in the template'],
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, Role: { 'Fn::Join': ['', [{ Ref: 'Rolle' }]] } },
      'Rolle is not in the template',
    ],
    [
      'AWS::Lambda::Function',
      { ...FUNCTION, Role: { 'Fn::GetAttr': ['Role', 'Arn'] } },
      'Fn::GetAttr is not known here',
    ],
    ['AWS::DynamoDB::Table', { KeySchema: [{ AttributeName: 'uuid' }] }, 'Thing.KeySchema[0].KeyType: is required'],
    ['AWS::SQS::Queue', { FifoQueue: 'true' }, 'Thing.FifoQueue: is string, wanted is boolean'],
    [
      'AWS::SQS::Queue',
      { Tags: [{ Key: 'stage', Value: 'dev', Tag: '' }] },
      'Thing.Tags[0].Tag: there is no such property',
    ],
    ['AWS::SQS::Queue', { RedrivePolicy: { deadLetterTargetArn: { Ref: 'Quene' } } }, 'Quene is not in the template'],
    ['AWS::CloudWatch::Alarm', { EvaluationPeriods: 1, ComparisonOperator: null }, 'ComparisonOperator: is null'],
  ];
  test.each(cases)('%s %j', (type, properties, words) => {
    expect(problems(type, properties)).toEqual([expect.stringContaining(words)]);
  });

  test('what it depends on is not there', () => {
    expect(problems('AWS::SQS::Queue', {}, { DependsOn: 'Quene' })).toEqual([
      'Thing: depends on Quene, which is not in the template',
    ]);
  });

  test('resources that wait for each other', () => {
    const Resources = {
      One: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Other' } } },
      Other: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: { 'Fn::GetAtt': ['One', 'QueueName'] } } },
      Apart: { Type: 'AWS::SQS::Queue' },
    };
    expect(templateProblems(wholeTemplateSchema.parse({ Resources }), spec)).toEqual([
      'these name each other in a circle: One, Other',
    ]);
  });

  test('an output of what is not there', () => {
    const template = { Resources: {}, Outputs: { Url: { Value: { Ref: 'Api' } } } };
    expect(templateProblems(wholeTemplateSchema.parse(template), spec)).toEqual([
      'output Url: Api is not in the template',
    ]);
  });

  test.each([
    ['a section', { Resources: {}, Resource: {} }],
    ['a key of a resource', { Resources: { One: { Type: 'AWS::SQS::Queue', DeletePolicy: 'Retain' } } }],
    ['a deletion policy', { Resources: { One: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Keep' } } }],
    ['a logical id', { Resources: { 'my-queue': { Type: 'AWS::SQS::Queue' } } }],
  ])('%s that CloudFormation does not know', (_, template) => {
    expect(wholeTemplateSchema.safeParse(template).success).toBe(false);
  });
});
