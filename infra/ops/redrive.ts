import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  SQSServiceException,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import type { Deployed, QueueName } from './deployed.ts';

/** What became of a dead-letter queue's messages. */
export interface Redriven {
  readonly queue: QueueName;
  /** `moving`: SQS does it by itself, from now on. `moved`: it is done. */
  readonly state: 'moving' | 'moved';
  /** How many lay there; while SQS is moving them, about. */
  readonly messages: number;
}

/** SQS of another make than AWS's says so in one of these ways. */
const NOT_OFFERED = new Set(['InvalidAction', 'UnsupportedOperation', 'UnknownOperationException']);
/** Long enough to pass one batch on; what is cut off comes back to the dead-letter queue by itself. */
const HIDDEN_SECONDS = 60;

/**
 * Moves the messages of a queue's dead-letter queue back to it. Always safe: a consumer looks at the record as it is now.
 */
export async function redrive(
  stage: Pick<Deployed, 'sqs' | 'queueUrl' | 'deadLetterQueueUrl'>,
  queue: QueueName,
): Promise<Redriven> {
  const deadLetters = await stage.deadLetterQueueUrl(queue);
  const { Attributes } = await stage.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: deadLetters,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
    }),
  );
  const messages = Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  if (messages > 0 && (await moveByService(stage.sqs, Attributes?.QueueArn))) {
    return { queue, state: 'moving', messages };
  }
  return { queue, state: 'moved', messages: await moveByHand(stage.sqs, deadLetters, await stage.queueUrl(queue)) };
}

/** Has SQS move them to the queue they came from. @returns false where this is not offered. */
async function moveByService(sqs: SQSClient, sourceArn: string | undefined): Promise<boolean> {
  try {
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: sourceArn }));
    return true;
  } catch (error) {
    if (error instanceof SQSServiceException && NOT_OFFERED.has(error.name)) return false;
    throw error;
  }
}

/**
 * Moves message by message, in order. One that was sent and not yet deleted when this is cut off is sent again by the
 * next redrive: a needless look.
 */
async function moveByHand(sqs: SQSClient, from: string, to: string): Promise<number> {
  for (let moved = 0; ; ) {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: from,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HIDDEN_SECONDS,
        MessageSystemAttributeNames: ['MessageGroupId'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages === undefined || Messages.length === 0) return moved;
    for (const message of Messages) {
      await sqs.send(new SendMessageCommand({ QueueUrl: to, ...copyOf(message) }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle: message.ReceiptHandle }));
      moved += 1;
    }
  }
}

/** The group is kept, since the order within it is what it is for; the deduplication id must be new to be taken. */
function copyOf({ Body, Attributes, MessageAttributes }: Message) {
  return {
    MessageBody: Body,
    MessageGroupId: Attributes?.MessageGroupId,
    MessageDeduplicationId: crypto.randomUUID(),
    ...(MessageAttributes !== undefined && { MessageAttributes: attributesOf(MessageAttributes) }),
  };
}

/** Without the list members, which SQS returns but does not take. */
function attributesOf(given: Readonly<Record<string, MessageAttributeValue>>): Record<string, MessageAttributeValue> {
  const entries = Object.entries(given).map(([name, { DataType, StringValue, BinaryValue }]) => {
    const value = BinaryValue === undefined ? { StringValue } : { BinaryValue };
    return [name, { DataType, ...value }] as const;
  });
  return Object.fromEntries(entries);
}
