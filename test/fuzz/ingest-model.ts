import type { SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { deliveryOf } from '../../functions/enrichment/delivery.ts';
import { type FuzzRequest, receivedBytes } from './requests.ts';

/** What has to come of a request, worked out without any of the code under test. */
export interface Expected {
  readonly status: number;
  /** What has to be in the queue; undefined: nothing. */
  readonly kept?: { readonly kind: 'booking' | 'item' | 'unreadable'; readonly group?: string };
}

export type Message = Omit<SendMessageCommandInput, 'QueueUrl'>;

/** PRODUCT.md's answers to webhooks, in the order in which they are decided. */
export function expectedOf(request: FuzzRequest): Expected {
  const body = receivedBytes(request.body, request.encoding);
  if (request.method !== 'POST') return { status: 405 };
  if (request.keyCompany === undefined) return { status: 401 };
  if (body.length > 1_000_000) return { status: 413 };
  if (request.signature === 'wrong') return { status: 401 };
  return { status: 200, kept: aboutOf(body) };
}

/** A body is a booking when its `booking` is an object with a uuid, whatever else there is in it. */
function aboutOf(body: Buffer): NonNullable<Expected['kept']> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { kind: 'unreadable' };
  }
  const uuid = own(own(json, 'booking'), 'uuid');
  if (isObject(own(json, 'booking'))) {
    const isUuid = typeof uuid === 'string' && /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(uuid);
    return isUuid ? { kind: 'booking', group: uuid.toLowerCase() } : { kind: 'unreadable' };
  }
  const pk = own(own(json, 'item'), 'pk');
  return typeof pk === 'number' && Number.isSafeInteger(pk) && pk >= 0
    ? { kind: 'item', group: `item-${pk}` }
    : { kind: 'unreadable' };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(value: unknown, name: string): unknown {
  return isObject(value) ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

const SQS_CHARACTERS = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+$/u;
const SQS_ID = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

/** What is wrong with a message: SQS would refuse it, or it does not hold what was received. Undefined: nothing. */
export function messageFault(message: Message, request: FuzzRequest, expected: Expected): string | undefined {
  const { MessageBody = '', MessageGroupId = '', MessageDeduplicationId = '', MessageAttributes = {} } = message;
  const attributes = Object.entries(MessageAttributes);
  const texts = [MessageBody, ...attributes.flatMap(([, { StringValue }]) => StringValue ?? [])];
  if (!texts.every((text) => SQS_CHARACTERS.test(text))) return 'SQS takes no such text';
  if (!SQS_ID.test(MessageGroupId) || !SQS_ID.test(MessageDeduplicationId)) return 'SQS takes no such id';
  const size = attributes.reduce(
    (sum, [name, { DataType = '', StringValue = '', BinaryValue }]) =>
      sum + name.length + DataType.length + Buffer.byteLength(StringValue) + (BinaryValue?.length ?? 0),
    Buffer.byteLength(MessageBody),
  );
  if (size > 1_048_576) return `SQS takes no message of ${size} bytes`;
  const delivery = deliveryOf(recordOf(message));
  const { kind, group } = expected.kept ?? {};
  if (delivery.kind !== kind) return `kept as ${delivery.kind} ${delivery.reason ?? ''}, not as ${kind}`;
  if (group !== undefined && MessageGroupId !== group) return `in the group ${MessageGroupId}, not in ${group}`;
  if (delivery.keyCompany !== request.keyCompany) return `of the company ${delivery.keyCompany}`;
  const bytes = receivedBytes(request.body, request.encoding);
  return delivery.body.equals(bytes) ? undefined : 'what was kept is not what was received, byte by byte';
}

/** The message as Lambda hands it on. */
export function recordOf({ MessageBody = '', MessageAttributes = {} }: Message): SQSRecord {
  const attributes = Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    {
      dataType: DataType,
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    },
  ]);
  return {
    messageId: 'message',
    receiptHandle: '',
    body: MessageBody,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  };
}
