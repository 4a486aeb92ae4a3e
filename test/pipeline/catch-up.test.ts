import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../infra/local/stack.ts';
import { catchUpKey } from '../../shared/catch-up/note.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';
import { deliverBooking, recordOf, settled, startPipeline, synced, tableName, until } from './driver.ts';

const COMPANY = 'harbor-kayaks';

let stack: Stack;
beforeAll(async () => {
  stack = await startPipeline({ scheduleMs: 500 });
});
afterAll(() => stack.close());

/** Makes the booking's look due at once. */
const makeDue = (uuid: string) =>
  stack.dynamoDb.send(
    new UpdateItemCommand({
      TableName: tableName(stack, 'OPERATIONS_TABLE'),
      Key: catchUpKey(COMPANY, uuid),
      UpdateExpression: 'SET dueAt = :now',
      ConditionExpression: 'attribute_exists(kind)',
      ExpressionAttributeValues: { ':now': toAttribute(new Date().toISOString()) },
    }),
  );

it('a booking that came while the model was down is synced at once, and read by itself when it is back', async () => {
  const { fareharbor, openai, salesforce, mailchimp } = stack.vendors;
  openai.server.fault({ route: 'responses', status: 503, body: 'down', times: 1 });
  const { uuid } = fareharbor.vendor.book({
    contact: { email: 'late@guests.test' },
    note: 'It is our honeymoon, and we are vegan',
  });
  await deliverBooking(stack, uuid);
  for (const sink of ['crm', 'marketing'] as const) await until(`${sink} has it`, () => synced(stack, uuid, sink));
  expect(await recordOf(stack, uuid)).toMatchObject({
    version: 1,
    understanding: { mode: 'rules', rulesReason: 'outage', summary: null },
  });
  const cases = salesforce.vendor.records('Case').length;
  const events = () => mailchimp.server.requests.filter(({ path }) => path.endsWith('/events')).length;
  const told = events();
  await makeDue(uuid);
  await until('the model has read it', async () => (await recordOf(stack, uuid))?.understanding.mode === 'model');
  for (const sink of ['crm', 'marketing'] as const) await until(`${sink} has it`, () => synced(stack, uuid, sink));
  await settled(stack);
  const record = await recordOf(stack, uuid);
  expect(record).toMatchObject({
    version: 2,
    understanding: { signals: { occasion: 'honeymoon', dietary: ['vegan'] } },
  });
  expect([salesforce.vendor.records('Case').length, events()]).toEqual([cases, told]);
  expect(openai.vendor.inputs).toHaveLength(1);
});
