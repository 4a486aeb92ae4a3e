import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { listPauses } from '../../shared/pause/pauses.ts';
import { listAttention } from './attention.ts';
import { type Deployed, QUEUES } from './deployed.ts';
import { listQuarantine } from './quarantine.ts';

/** One line of how things stand. */
export interface StatusRow {
  readonly what: string;
  readonly count: number;
  /** Since when, where that is known. */
  readonly oldest: string;
  readonly note: string;
}

/** What lags, is parked, is quarantined, waits in a queue, is dead, is paused. */
export async function status(stage: Deployed): Promise<StatusRow[]> {
  const { dynamo, tables } = stage;
  const [lagging, parked, quarantined, pauses, queues] = await Promise.all([
    listAttention(dynamo, tables.bookings, 'lagging'),
    listAttention(dynamo, tables.bookings, 'parked'),
    listQuarantine(dynamo, tables.operations),
    listPauses(dynamo, tables.operations),
    queueRows(stage),
  ]);
  return [
    row('lagging', lagging.length, lagging[0]?.since),
    row('parked', parked.length, parked[0]?.since),
    row('quarantine', quarantined.length, quarantined[0]?.receivedAt),
    ...queues,
    ...pauses.map(({ id, since, by, reason }) => row(`paused ${id}`, 1, since, `${by}: ${reason}`)),
  ];
}

async function queueRows(stage: Deployed): Promise<StatusRow[]> {
  const waiting = QUEUES.map(async (queue) =>
    row(`queue ${queue}`, await depth(stage.sqs, await stage.queueUrl(queue))),
  );
  const dead = QUEUES.map(async (queue) =>
    row(`dead letters ${queue}`, await depth(stage.sqs, await stage.deadLetterQueueUrl(queue))),
  );
  return Promise.all([...waiting, ...dead]);
}

/** Messages in the queue, those in work or hidden for a while among them; a queue's own figures are approximate. */
async function depth(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const { ApproximateNumberOfMessages = '0', ApproximateNumberOfMessagesNotVisible = '0' } = Attributes;
  return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
}

function row(what: string, count: number, oldest = '', note = ''): StatusRow {
  return { what, count, oldest, note };
}
