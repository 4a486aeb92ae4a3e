import { SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Deployed } from '../../../infra/ops/deployed.ts';
import { redrive } from '../../../infra/ops/redrive.ts';

const ARN = 'arn:aws:sqs:us-east-1:000000000000:harborlight-prod-crm-dlq.fifo';
const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A stage whose SQS offers to move messages by itself, as AWS's does; `refusal` is what it answers instead. */
function stageOf(messages: number, refusal?: string) {
  const calls: { command: string; input: unknown }[] = [];
  const sqs = new SQSClient({ region: 'us-east-1' });
  cleanups.push(() => sqs.destroy());
  sqs.middlewareStack.add(
    (_, { commandName = '' }) =>
      async ({ input }) => {
        calls.push({ command: commandName, input });
        if (commandName === 'StartMessageMoveTaskCommand' && refusal !== undefined) {
          throw new SQSServiceException({ name: refusal, $fault: 'client', $metadata: {} });
        }
        const attributes = { QueueArn: ARN, ApproximateNumberOfMessages: String(messages) };
        const output = commandName === 'GetQueueAttributesCommand' ? { Attributes: attributes } : {};
        return { output: { $metadata: {}, ...output }, response: {} };
      },
    { step: 'initialize' },
  );
  const stage: Pick<Deployed, 'sqs' | 'queueUrl' | 'deadLetterQueueUrl'> = {
    sqs,
    queueUrl: async (queue) => `https://sqs.test/${queue}`,
    deadLetterQueueUrl: async (queue) => `https://sqs.test/${queue}-dlq`,
  };
  return { stage, calls, commands: () => calls.map(({ command }) => command) };
}

describe('redrive', () => {
  it('has SQS move the messages, and touches none itself', async () => {
    const { stage, calls, commands } = stageOf(7);
    expect(await redrive(stage, 'crm')).toEqual({ queue: 'crm', state: 'moving', messages: 7 });
    expect(commands()).toEqual(['GetQueueAttributesCommand', 'StartMessageMoveTaskCommand']);
    expect(calls[1]?.input).toEqual({ SourceArn: ARN });
  });

  it.each(['InvalidAction', 'UnsupportedOperation'])('does it by hand where SQS answers %s', async (refusal) => {
    const { stage, commands } = stageOf(7, refusal);
    expect(await redrive(stage, 'crm')).toEqual({ queue: 'crm', state: 'moved', messages: 0 });
    expect(commands().at(-1)).toBe('ReceiveMessageCommand');
  });

  it('does nothing more where it may not: a right that is missing is not a thing to work around', async () => {
    const { stage, commands } = stageOf(7, 'AccessDenied');
    await expect(redrive(stage, 'crm')).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(commands()).not.toContain('ReceiveMessageCommand');
  });
});
