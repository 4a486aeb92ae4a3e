import { afterEach, describe, expect, it } from 'vitest';
import { type LocalIdentity, resolve, type Scope } from '../../infra/local/intrinsics.ts';
import { readPlan } from '../../infra/local/template.ts';
import { api, consumer, type TinyAssembly, writeAssembly } from './assembly.ts';

const queue: LocalIdentity = { ref: 'http://sqs/queue', attributes: { Arn: 'arn:aws:sqs:x:y:queue' } };
const scope: Scope = {
  stackName: 'pipeline',
  parameters: { Bootstrap: '/cdk/version' },
  resource: (id) => (id === 'Queue' ? queue : undefined),
  exported: (name) => (name === 'data:Table' ? 'bookings' : undefined),
  output: (stack, output) => (stack === 'data' && output === 'Weak' ? 'weakly' : undefined),
};

describe('resolve', () => {
  it.each([
    ['a resource', { Ref: 'Queue' }, 'http://sqs/queue'],
    ['an attribute', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:x:y:queue'],
    ['an attribute as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:x:y:queue'],
    ['a parameter default', { Ref: 'Bootstrap' }, '/cdk/version'],
    ['a pseudo parameter', { Ref: 'AWS::StackName' }, 'pipeline'],
    ['a join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'a-us-east-1'],
    ['select of split', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'queue'],
    ['a substitution', { 'Fn::Sub': `$${'{Queue.Arn}'}/$${'{!kept}'}` }, `arn:aws:sqs:x:y:queue/$${'{kept}'}`],
    ['own variables', { 'Fn::Sub': [`$${'{a}'}!`, { a: { Ref: 'Queue' } }] }, 'http://sqs/queue!'],
    ['an import', { 'Fn::ImportValue': 'data:Table' }, 'bookings'],
    ['a weak reference', { 'Fn::GetStackOutput': { StackName: 'data', OutputName: 'Weak' } }, 'weakly'],
    ['no value', { kept: 1, gone: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    ['what is nested', [{ a: { b: { Ref: 'Queue' } } }], [{ a: { b: 'http://sqs/queue' } }]],
  ])('resolves %s', (_, value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  it.each([
    [{ Ref: 'Gone' }, 'no resource or parameter Gone'],
    [{ 'Fn::ImportValue': 'other' }, 'no export other'],
    [{ 'Fn::Transform': {} }, 'Fn::Transform has no meaning'],
    [{ 'Fn::Select': [9, ['a']] }, 'out of its list'],
  ])('says what it cannot resolve: %j', (value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
  });
});

describe('readPlan', () => {
  const remove: (() => void)[] = [];
  afterEach(() => {
    for (const one of remove.splice(0)) one();
  });
  const plan = (tiny: TinyAssembly) => {
    const assembly = writeAssembly(tiny);
    remove.push(assembly.remove);
    return readPlan(assembly.directory, 'http://127.0.0.1:9');
  };

  it('gives a function its bundle and its environment, across stacks', () => {
    const { functions } = plan({
      functions: {
        worker: {
          source: '',
          timeoutSeconds: 30,
          environment: {
            TABLE: { 'Fn::ImportValue': 'data:Bookings' },
            SECRET_ID: { 'Fn::ImportValue': 'data:Secret' },
            QUEUE_URLS: { 'Fn::Join': ['', ['{"crm":"', { Ref: 'workerQueue' }, '"}']] },
          },
        },
      },
      resources: consumer('worker'),
      data: {
        resources: {
          Bookings: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              TableName: { 'Fn::Join': ['-', ['harborlight', 'bookings']] },
              KeySchema: [{ AttributeName: 'uuid', KeyType: 'HASH' }],
              AttributeDefinitions: [{ AttributeName: 'uuid', AttributeType: 'S' }],
            },
          },
          Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'harborlight/dev/openai' } },
        },
        outputs: {
          A: { Value: { Ref: 'Bookings' }, Export: { Name: 'data:Bookings' } },
          B: { Value: { Ref: 'Secret' }, Export: { Name: { 'Fn::Join': [':', ['data', 'Secret']] } } },
        },
      },
    });
    const [worker] = functions;
    expect(worker).toMatchObject({ name: 'pipeline-worker', service: 'worker', timeoutMs: 30_000, memoryMb: 256 });
    expect(worker?.directory).toMatch(/asset\.hash-worker$/);
    expect(worker?.environment).toMatchObject({
      TABLE: 'harborlight-bookings',
      SECRET_ID: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:harborlight/dev/openai-aLocal',
      QUEUE_URLS: '{"crm":"http://127.0.0.1:9/000000000000/worker.fifo"}',
    });
  });

  it('finds queues with their redrive, mappings with their limits, routes with their functions', () => {
    const { queues, mappings, routes } = plan({
      functions: { worker: { source: '' } },
      resources: { ...consumer('worker', { maxReceiveCount: 7 }), ...api({ 'POST /hooks/{key}': 'worker' }) },
    });
    const found = queues.find(({ name }) => name === 'worker.fifo');
    expect(found?.attributes).toMatchObject({ FifoQueue: 'true', VisibilityTimeout: '30' });
    expect(JSON.parse(found?.attributes.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:worker-dlq.fifo',
      maxReceiveCount: 7,
    });
    expect(mappings).toEqual([
      expect.objectContaining({
        functionName: 'pipeline-worker',
        queue: found,
        batchSize: 10,
        maximumConcurrency: 2,
        reportsBatchItemFailures: true,
      }),
    ]);
    expect(routes).toEqual([{ key: 'POST /hooks/{key}', functionName: 'pipeline-worker' }]);
  });

  it('names the resource that is not what it should be', () => {
    const broken = { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: 'inline' }, Handler: 'index.x' } };
    expect(() => plan({ functions: {}, resources: { Broken: broken } })).toThrow(/pipeline\/Broken/);
  });
});
