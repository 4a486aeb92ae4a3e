import { createHash } from 'node:crypto';
import type { MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { type Caller, callAws, type Operation } from './aws-json.ts';

const SEND_MESSAGE: Operation = { service: 'sqs', target: 'AmazonSQS.SendMessage', protocol: '1.0' };

const replySchema = z.object({
  MessageId: z.string(),
  MD5OfMessageBody: z.string(),
  MD5OfMessageAttributes: z.optional(z.string()),
});

type Attributes = Readonly<Record<string, MessageAttributeValue>>;

/**
 * Sends one message. It is durable when this resolves: SQS names what it stored by digests of the text and of the
 * attributes, and both are compared with what was to be stored. A repeat within is dropped by its deduplication id.
 *
 * @throws RetryableError as `callAws` does, and `sqs.altered` where something else was stored.
 */
export async function sendMessage(caller: Caller, message: SendMessageCommandInput): Promise<void> {
  const { MessageBody = '', MessageAttributes = {} } = message;
  const input = { ...message, MessageAttributes: inBase64(MessageAttributes) };
  const reply = replySchema.safeParse(await callAws(SEND_MESSAGE, caller, input));
  if (!reply.success) throw new RetryableError('sqs.unreadable', 'SendMessage was answered without digests');
  const { MD5OfMessageBody, MD5OfMessageAttributes } = reply.data;
  const hasAttributes = Object.keys(MessageAttributes).length > 0;
  if (
    MD5OfMessageBody !== md5(MessageBody) ||
    (hasAttributes && MD5OfMessageAttributes !== attributesMd5(MessageAttributes))
  ) {
    throw new RetryableError('sqs.altered', 'SendMessage stored something else than what was sent');
  }
}

/** Bytes travel as base64 in JSON. */
function inBase64(attributes: Attributes): object {
  const entries = Object.entries(attributes).map(([name, { BinaryValue, ...rest }]) => [
    name,
    { ...rest, ...(BinaryValue !== undefined && { BinaryValue: Buffer.from(BinaryValue).toString('base64') }) },
  ]);
  return Object.fromEntries(entries);
}

/**
 * The digest of a message's attributes, as SQS's developer guide has it ("Calculating the MD5 message digest for
 * message attributes"): by name, each as name, type, a byte for text or bytes, and value, with their lengths.
 */
export function attributesMd5(attributes: Attributes): string {
  const parts = Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { DataType = '', StringValue, BinaryValue }]) => [
      withLength(Buffer.from(name)),
      withLength(Buffer.from(DataType)),
      Buffer.of(BinaryValue === undefined ? 1 : 2),
      withLength(Buffer.from(BinaryValue ?? StringValue ?? '')),
    ]);
  return md5(Buffer.concat(parts));
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function md5(data: string | Buffer): string {
  return createHash('md5').update(data).digest('hex');
}
