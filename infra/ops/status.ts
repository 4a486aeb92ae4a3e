import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { EVERY_COMPANY, type PolicyTable, readPolicyTable } from '../../shared/acts/policy-table.ts';
import { listReviews } from '../../shared/acts/reviews-table.ts';
import { isOpen } from '../../shared/gate/circuit/circuit.ts';
import { readGate } from '../../shared/gate/gate.ts';
import { listAttentionEntries } from '../../shared/records/attention-index.ts';
import { verificationList } from '../../shared/webhook/verifications.ts';
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

/** What lags, is parked, is quarantined, waits in a queue or for a person, is dead, is paused, stopped or left alone. */
export async function status(stage: Deployed): Promise<StatusRow[]> {
  const { dynamo, tables } = stage;
  const [lagging, parked, quarantined, gate, queues, noted, policies, asked] = await Promise.all([
    listAttentionEntries(dynamo, tables.bookings, 'lagging'),
    listAttentionEntries(dynamo, tables.bookings, 'parked'),
    listQuarantine(dynamo, tables.operations),
    readGate(dynamo, tables.operations),
    queueRows(stage),
    verificationList(dynamo, tables.operations).all(),
    readPolicyTable(dynamo, tables.operations),
    listReviews(dynamo, tables.operations, 'open'),
  ]);
  const now = Date.now();
  const open = gate.circuits.filter((circuit) => isOpen(circuit, now));
  return [
    row('lagging', lagging.length, lagging[0]?.changedAt),
    row('parked', parked.length, parked[0]?.changedAt),
    row('quarantine', quarantined.length, quarantined[0]?.receivedAt),
    row('to ask FareHarbor', noted.length, noted.map(({ notedAt }) => notedAt).sort()[0]),
    ...(asked.length === 0 ? [] : [row('reviews', asked.length, asked[0]?.since)]),
    ...queues,
    ...gate.pauses.map(({ id, company, since, by, reason }) =>
      row(company === undefined ? `paused ${id}` : `paused ${id} for ${company}`, 1, since, `${by}: ${reason}`),
    ),
    ...stopsOf(policies),
    ...open.map(({ sink, company, since, code, probeAt }) =>
      row(
        `circuit open ${sink} for ${company}`,
        1,
        since,
        `${code}; tried again at ${new Date(probeAt).toISOString()}`,
      ),
    ),
  ];
}

/** Where all that is driven by AI is stopped: by a person, or because nobody can tell what was set. */
function stopsOf(policies: PolicyTable): StatusRow[] {
  return [...policies].flatMap(([company, stored]) => {
    const what = `AI stopped for ${company === EVERY_COMPANY ? 'every company' : company}`;
    if (stored === 'unreadable') return [row(what, 1, '', 'its policies cannot be read')];
    const { killed } = stored;
    return killed === undefined ? [] : [row(what, 1, killed.since, `${killed.by}: ${killed.reason}`)];
  });
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
