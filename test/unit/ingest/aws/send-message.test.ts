import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributesMd5, sendMessage } from '../../../../functions/ingest/aws/send-message.ts';
import { type Engines, startEngines } from '../../../../infra/local/engines.ts';
import { createSqs, type Sqs } from '../../../../infra/local/sqs.ts';
import { json, KEYS, serveAws } from './aws-server.ts';

const NAME = 'ingest-test.fifo';
let engines: Engines;
let sqs: Sqs;
let queueUrl: string;
beforeAll(async () => {
  engines = await startEngines(undefined);
  sqs = createSqs(engines.sqsUrl);
  const url = `${engines.sqsUrl}/000000000000/${NAME}`;
  await sqs.createQueue({ name: NAME, url, arn: '', visibilityTimeoutMs: 30_000, attributes: { FifoQueue: 'true' } });
  queueUrl = url;
});
afterAll(async () => {
  sqs.close();
  await engines.stop();
});

const callerOf = (endpoint: string) => ({ region: 'us-east-1', endpoint, keys: () => KEYS });
const message = (id: string, part: object = {}) => ({
  QueueUrl: queueUrl,
  MessageGroupId: 'group',
  MessageDeduplicationId: id,
  MessageBody: 'Café ☕',
  ...part,
});

async function takeAll(count: number) {
  const taken: Awaited<ReturnType<Sqs['receive']>>[number][] = [];
  while (taken.length < count) {
    const messages = await sqs.receive(queueUrl, 10, 5, AbortSignal.timeout(10_000));
    taken.push(...messages);
    await sqs.delete(
      queueUrl,
      messages.map(({ ReceiptHandle }) => ReceiptHandle),
    );
  }
  return taken;
}

describe('a message', () => {
  it('lies in the queue as it was given, text and bytes', async () => {
    const raw = randomBytes(300);
    const attributes = {
      raw: { DataType: 'Binary', BinaryValue: raw },
      kind: { DataType: 'String', StringValue: 'booking ☕' },
    };
    await sendMessage(callerOf(engines.sqsUrl), message('one', { MessageAttributes: attributes }));
    await sendMessage(callerOf(engines.sqsUrl), message('two'));
    const [first, second] = await takeAll(2);
    expect(first).toMatchObject({
      Body: 'Café ☕',
      Attributes: { MessageGroupId: 'group', MessageDeduplicationId: 'one' },
      MessageAttributes: {
        raw: { DataType: 'Binary', BinaryValue: raw.toString('base64') },
        kind: { DataType: 'String', StringValue: 'booking ☕' },
      },
    });
    expect(first?.MD5OfMessageAttributes).toBe(attributesMd5(attributes));
    expect(second?.MessageAttributes).toEqual({});
  });

  it('that is sent twice with one id is there once', async () => {
    const caller = callerOf(engines.sqsUrl);
    for (const id of ['same', 'same', 'other']) await sendMessage(caller, message(id));
    const taken = await takeAll(2);
    expect(taken.map(({ Attributes }) => Attributes.MessageDeduplicationId)).toEqual(['same', 'other']);
  });

  it('with any text and bytes in its attributes has the digest that the queue works out', async () => {
    const value = fc.oneof(
      fc.string({ minLength: 1, unit: 'grapheme' }).map((StringValue) => ({ DataType: 'String', StringValue })),
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((BinaryValue) => ({ DataType: 'Binary', BinaryValue })),
    );
    const attributes = fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/), value, { maxKeys: 8 });
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(attributes, async (MessageAttributes) => {
        sent += 1;
        await sendMessage(callerOf(engines.sqsUrl), message(`property-${sent}`, { MessageAttributes }));
      }),
      { numRuns: 30 },
    );
    await takeAll(sent);
  });

  it.each([
    ['another text', { MessageId: 'm', MD5OfMessageBody: '0'.repeat(32) }],
    [
      'other attributes',
      { MessageId: 'm', MD5OfMessageBody: '0cc175b9c0f1b6a831c399e269772661', MD5OfMessageAttributes: '0' },
    ],
    ['no attributes', { MessageId: 'm', MD5OfMessageBody: '0cc175b9c0f1b6a831c399e269772661' }],
  ])('of which the queue says that it stored %s is not taken for durable', async (_, reply) => {
    const server = await serveAws([json(200, reply)]);
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'booking' } };
    const sending = sendMessage(callerOf(server.url), message('x', { MessageBody: 'a', MessageAttributes }));
    await expect(sending).rejects.toMatchObject({ code: 'sqs.altered' });
    await server.close();
  });

  it('that is answered without digests is not taken for durable', async () => {
    const server = await serveAws([json(200, {})]);
    await expect(sendMessage(callerOf(server.url), message('x'))).rejects.toMatchObject({ code: 'sqs.unreadable' });
    await server.close();
  });

  it('for a queue that is not there fails by name', async () => {
    const sending = sendMessage(callerOf(engines.sqsUrl), message('x', { QueueUrl: `${queueUrl}x` }));
    await expect(sending).rejects.toThrow(/QueueDoesNotExist|NonExistentQueue/);
  });
});
