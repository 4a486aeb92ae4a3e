import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Deployment } from './synth.ts';
import {
  functionSchema,
  mappingSchema,
  policySchema,
  queueSchema,
  resources,
  type statementSchema,
  textsSchema,
} from './template.ts';

const queuePolicySchema = policySchema.extend({ Queues: textsSchema });
const topicPolicySchema = policySchema.extend({ Topics: textsSchema });
const topicSchema = z.looseObject({ KmsMasterKeyId: z.unknown() });

const refusesPlainHttp = ({ Effect, Condition }: z.infer<typeof statementSchema>) =>
  Effect === 'Deny' && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}';

export function describeQueues({ stage, pipeline }: Deployment): void {
  const queues = resources(pipeline, 'AWS::SQS::Queue', queueSchema);
  const policies = resources(pipeline, 'AWS::SQS::QueuePolicy', queuePolicySchema);
  const mappings = resources(pipeline, 'AWS::Lambda::EventSourceMapping', mappingSchema);
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);
  const sources = queues.filter(({ properties }) => properties.RedrivePolicy !== undefined);

  describe('queues', () => {
    test('are three, each with its own dead-letter queue', () => {
      const named = (end: string) =>
        ['bookings', 'crm', 'marketing'].map((name) => `harborlight-${stage.name}-${name}${end}`);
      expect(sources.map(({ properties }) => properties.QueueName).sort()).toEqual(named('.fifo'));
      expect(queues.map(({ properties }) => properties.QueueName).sort()).toEqual(
        [...named('-dlq.fifo'), ...named('.fifo')].sort(),
      );
      for (const { properties } of sources) {
        const target = queues.find(({ id }) => properties.RedrivePolicy?.deadLetterTargetArn === `\${${id}.Arn}`);
        expect(target?.properties.QueueName).toBe(properties.QueueName.replace('.fifo', '-dlq.fifo'));
        expect(properties.RedrivePolicy?.maxReceiveCount).toBe(50);
      }
    });

    test.each(queues)(
      '$properties.QueueName is FIFO in high-throughput mode, without content-based deduplication',
      ({ properties }) => {
        expect(properties).toMatchObject({
          FifoQueue: true,
          DeduplicationScope: 'messageGroup',
          FifoThroughputLimit: 'perMessageGroupId',
        });
        expect(properties.ContentBasedDeduplication ?? false).toBe(false);
      },
    );

    test.each(queues)(
      '$properties.QueueName is encrypted, refuses plain HTTP, and keeps messages for 14 days',
      ({ id, properties }) => {
        expect(properties.SqsManagedSseEnabled).toBe(true);
        expect(properties.MessageRetentionPeriod).toBe(14 * 86_400);
        const statements = policies
          .filter((policy) => policy.properties.Queues.includes(`\${${id}}`))
          .flatMap((policy) => policy.properties.PolicyDocument.Statement);
        expect(statements.some(refusesPlainHttp)).toBe(true);
        expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([]);
      },
    );
  });

  describe('event source mappings', () => {
    test('are one for each queue, and none for a dead-letter queue', () => {
      expect(mappings.map(({ properties }) => properties.EventSourceArn).sort()).toEqual(
        sources.map(({ id }) => `\${${id}.Arn}`).sort(),
      );
    });

    test.each(mappings)('$id answers for each message, and bounds its concurrency', ({ properties }) => {
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(properties.BatchSize).toBe(10);
      expect(properties.MaximumBatchingWindowInSeconds).toBeUndefined();
      const { MaximumConcurrency } = properties.ScalingConfig;
      expect(MaximumConcurrency).toBeGreaterThanOrEqual(2);
      const target = functions.find(({ id }) => properties.FunctionName === `\${${id}}`);
      expect(Object.entries(stage.concurrency)).toContainEqual([
        target?.properties.Environment.Variables.SERVICE_NAME,
        MaximumConcurrency,
      ]);
    });

    test.each(mappings)('$id hides a message for six times as long as its function may run', ({ properties }) => {
      const queue = sources.find(({ id }) => properties.EventSourceArn === `\${${id}.Arn}`);
      const target = functions.find(({ id }) => properties.FunctionName === `\${${id}}`);
      expect(queue?.properties.VisibilityTimeout).toBe(6 * (target?.properties.Timeout ?? Number.NaN));
    });
  });

  test('each alarm topic is encrypted, refuses plain HTTP, and lets CloudWatch of this account publish', () => {
    const topics = resources(pipeline, 'AWS::SNS::Topic', topicSchema);
    const topicPolicies = resources(pipeline, 'AWS::SNS::TopicPolicy', topicPolicySchema);
    expect(topics).toHaveLength(2);
    for (const { id, properties } of topics) {
      expect(properties.KmsMasterKeyId).toBeDefined();
      const statements = topicPolicies
        .filter((policy) => policy.properties.Topics.includes(`\${${id}}`))
        .flatMap((policy) => policy.properties.PolicyDocument.Statement);
      expect(statements.some(refusesPlainHttp)).toBe(true);
      expect(statements.filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
        {
          Action: ['sns:Publish'],
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ]);
    }
  });

  test('CloudWatch may use the key of the alarm topics', () => {
    const keys = resources(pipeline, 'AWS::KMS::Key', z.looseObject({ KeyPolicy: policySchema.shape.PolicyDocument }));
    expect(keys).toHaveLength(1);
    expect(keys[0]?.properties.KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      }),
    );
  });
}
