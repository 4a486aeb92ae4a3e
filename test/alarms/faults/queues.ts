import { ChangeMessageVisibilityCommand, PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { toRecord } from '../../../infra/local/event-source.ts';
import { createSqs } from '../../../infra/local/sqs.ts';
import { until } from '../../pipeline/driver.ts';
import type { Rig } from '../local/rig.ts';
import type { Fault } from './fault.ts';
import { book, tell } from './steps.ts';

/** As the template names them after `harborlight-<stage>-`; a destination's trouble is one page for all that tells of it. */
const QUEUES = [
  { queue: 'bookings', also: [] },
  { queue: 'crm', also: ['destination-behind'] },
  { queue: 'marketing', also: ['destination-behind'] },
] as const;
type QueueName = (typeof QUEUES)[number]['queue'];

/** Nobody takes messages from the queues. Nothing is brought any more afterwards, so these come last. */
export const QUEUED: readonly Fault[] = [
  ...QUEUES.map(
    ({ queue, also }): Fault => ({
      what: `The event source mapping of ${queue} is switched off`,
      fires: [`${queue}-queue-age`, ...also],
      lasts: { kind: 'waits', minutes: 60 },
      produce: (rig) => leaveOneIn(rig, queue),
    }),
  ),
  ...QUEUES.map(
    ({ queue }): Fault => ({
      what: `A message of ${queue} was received 50 times and never done`,
      fires: [`${queue}-dead-letters`],
      lasts: { kind: 'held', minutes: 60 },
      produce: async (rig) => {
        await leaveOneIn(rig, queue);
        await until('it is set aside', async () => {
          await receiveInVain(rig, queue);
          return (await waitingIn(rig, `${queue}-dlq`)) > 0;
        });
      },
    }),
  ),
];

/** Switches all mappings off, and leaves one message in this queue and none in any other. */
async function leaveOneIn(rig: Rig, queue: QueueName): Promise<void> {
  for (const { queue: each } of QUEUES) await rig.stack.switchOff(nameOf(each));
  for (const { url } of rig.stack.plan.queues) await purge(rig, url);
  rig.begin();
  await tell(rig, book(rig));
  if (queue !== 'bookings') await enrichByHand(rig);
  await until('a message waits', async () => (await waitingIn(rig, queue)) > 0);
  for (const { url, name } of rig.stack.plan.queues) if (name !== nameOf(queue)) await purge(rig, url);
}

/** Gives enrichment what lies in its queue, as its mapping would. */
async function enrichByHand(rig: Rig): Promise<void> {
  const sqs = createSqs(rig.stack.endpoints.sqs);
  const queue = rig.stack.plan.queues.find(({ name }) => name === nameOf('bookings'));
  if (queue === undefined) throw new Error('the template has no queue for bookings');
  await until('it is enriched', async () => {
    const messages = await sqs.receive(queue.url, 10, 0, new AbortController().signal);
    if (messages.length === 0) return false;
    const Records = messages.map((message) => toRecord(message, queue.arn));
    return (await rig.functionNamed('enrichment').invoke({ Records })).ok;
  });
  sqs.close();
}

/** Receives a message and gives it back at once, as a consumer would that always fails. */
async function receiveInVain({ stack, sqs }: Rig, queue: QueueName): Promise<void> {
  const QueueUrl = stack.plan.queues.find(({ name }) => name === nameOf(queue))?.url;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }
}

const nameOf = (queue: string): string => `harborlight-dev-${queue}.fifo`;

/** In flight counts: a poll that was cut off may still have taken it. */
async function waitingIn({ stack }: Rig, queue: string): Promise<number> {
  const depth = (await stack.queues()).get(nameOf(queue));
  return (depth?.visible ?? 0) + (depth?.inFlight ?? 0);
}

async function purge({ sqs }: Rig, QueueUrl: string): Promise<void> {
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
}
