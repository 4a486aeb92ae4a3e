import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { appendDecision } from '../../../shared/acts/decisions-table.ts';
import { readReview } from '../../../shared/acts/reviews-table.ts';
import { email } from '../enrichment/desk.ts';
import { type ActsDesk, COMPANY, openActsDesk } from './acts-desk.ts';

const AT = '2026-12-01T12:00:00.000Z';
let desk: ActsDesk;
beforeAll(async () => {
  desk = await openActsDesk();
  await desk.ok('settings', 'set', 'summary', 'assisted', '--company', COMPANY);
});
afterAll(() => desk.close());
beforeEach(() => {
  desk.words.summary = 'A couple on honeymoon.';
  desk.sent.length = 0;
});

let guests = 0;
async function booked(): Promise<string> {
  guests += 1;
  const { uuid } = desk.fareHarbor.book({ contact: email(`Odilia Petersen ${guests}`) });
  await desk.webhook(uuid);
  return uuid;
}
const reviewOf = async (uuid: string, action = 'summary') => {
  const own = (await desk.reviews()).filter((review) => review.uuid === uuid && review.action === action);
  expect(own).toHaveLength(1);
  return own[0]?.id ?? '';
};
const stateOf = async (id: string) => (await readReview(desk.dynamo, 'operations', id))?.state;
const offersOf = async (uuid: string) =>
  (await desk.held(uuid)).changes.filter(({ change }) => change.kind === 'upsell_recommended');

describe('a summary that a person is asked about', () => {
  it('is asked about once, however often the webhook comes', async () => {
    const uuid = await booked();
    await desk.webhook(uuid);
    await reviewOf(uuid);
    expect((await desk.held(uuid)).acts?.summary).toMatchObject({ does: 'review', mode: 'assisted' });
  });

  it('is written once it is approved, by one version, however often that is said and heard', async () => {
    const uuid = await booked();
    const id = await reviewOf(uuid);
    expect(await desk.ok('approve', id, '--by', 'ana')).toContain('It is written in a moment.');
    expect(await desk.ok('approve', id, '--by', 'ben')).toContain('was approved by ana');
    expect(desk.sent).toHaveLength(2);
    await desk.deliverSent(2);
    const { version, acts } = await desk.held(uuid);
    expect([version, acts?.summary?.does, acts?.summary?.why]).toEqual([2, 'write', 'approved by ana']);
    expect(await stateOf(id)).toBe('executed');
    expect((await desk.reviews()).filter((review) => review.uuid === uuid)).toEqual([]);
    // Said once more when all is done: nothing is sent, and nothing changes.
    expect(await desk.ok('approve', id)).toContain('was executed by ana');
    expect(desk.sent).toEqual([]);
  });

  it('is written by the next webhook where the message was lost, or when it is said again', async () => {
    const [first, second] = [await booked(), await booked()];
    for (const uuid of [first, second]) await desk.ok('approve', await reviewOf(uuid));
    desk.sent.length = 0;
    desk.fareHarbor.edit(first, { note: 'Late by ten minutes' });
    await desk.webhook(first);
    expect((await desk.held(first)).acts?.summary?.does).toBe('write');
    await desk.ok('approve', await reviewOf(second));
    await desk.deliverSent();
    expect((await desk.held(second)).acts?.summary?.does).toBe('write');
  });

  it('is not written where something else is proposed by now: that is asked about instead', async () => {
    const uuid = await booked();
    const id = await reviewOf(uuid);
    await desk.ok('approve', id);
    desk.words.summary = 'A couple with a dog.';
    await desk.deliverSent();
    expect((await desk.held(uuid)).acts?.summary?.does).toBe('review');
    expect(await stateOf(id)).toBe('superseded');
    const { code, err } = await desk.run('approve', id);
    expect([code, err]).toEqual([1, expect.stringMatching(/^Too late: it is superseded at /)]);
    expect(await reviewOf(uuid)).not.toBe(id);
  });

  it('that is proposed again after something else was is asked about again', async () => {
    const uuid = await booked();
    const id = await reviewOf(uuid);
    for (const [note, summary] of [
      ['One', 'Another one.'],
      ['Two', 'A couple on honeymoon.'],
    ] as const) {
      desk.words.summary = summary;
      desk.fareHarbor.edit(uuid, { note });
      await desk.webhook(uuid);
    }
    expect(await reviewOf(uuid)).toBe(id);
    expect(await stateOf(id)).toBe('pending');
  });

  it('is written as a person edited it', async () => {
    const uuid = await booked();
    const id = await reviewOf(uuid);
    await desk.ok('edit', id, '--value', 'Edited by Ana.', '--by', 'ana');
    await desk.deliverSent();
    expect((await desk.held(uuid)).acts?.summary).toMatchObject({
      does: 'write',
      approval: { edited: 'Edited by Ana.', by: 'ana' },
    });
  });

  it('is never written once it is rejected, and not asked about again', async () => {
    const uuid = await booked();
    const id = await reviewOf(uuid);
    await desk.ok('reject', id, '--by', 'ana');
    expect(desk.sent).toEqual([]);
    desk.fareHarbor.edit(uuid, { note: 'Rejected' });
    await desk.webhook(uuid);
    expect((await desk.held(uuid)).acts?.summary).toMatchObject({ does: 'nothing', why: 'rejected by ana' });
    expect((await desk.run('approve', id)).err).toMatch(/^Too late: it is rejected by ana at /);
    expect((await desk.reviews()).filter((review) => review.uuid === uuid)).toEqual([]);
  });

  it('is one answer where two people answer at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await reviewOf(await booked());
      const answers = await Promise.all([desk.run('approve', id), desk.run('reject', id)]);
      expect(answers.map(({ code }) => code).sort()).toEqual([0, 1]);
      expect(await stateOf(id)).toBe(answers[0]?.code === 0 ? 'approved' : 'rejected');
    }
  });

  it('is executed once where the process dies after the commit', async () => {
    const uuid = await booked();
    await desk.ok('approve', await reviewOf(uuid));
    const [body = ''] = desk.sent;
    desk.faults.afterCommit = 1;
    await expect(desk.deliverSent()).rejects.toThrow('killed after the commit');
    desk.sent.push(body);
    await desk.deliverSent();
    expect((await desk.held(uuid)).version).toBe(2);
  });

  it('that is answered between reading and writing is decided again', async () => {
    const uuid = await booked();
    const id = await reviewOf(uuid);
    desk.words.summary = 'Something else.';
    desk.fareHarbor.edit(uuid, { note: 'At the same moment' });
    const { alongside } = desk.deps;
    let approved = false;
    const racing = {
      ...desk.deps,
      alongside: async (...given: Parameters<typeof alongside>) => {
        const writes = await alongside(...given);
        if (!approved) await desk.ok('approve', id);
        approved = true;
        return writes;
      },
    };
    await webhookConsumer('', racing).handle(desk.message(desk.fareHarbor.bodyOf(uuid)));
    // The approval came too late for what it was about: it is superseded, not lost in between.
    expect(await stateOf(id)).toBe('superseded');
    expect((await desk.held(uuid)).acts?.summary?.does).toBe('review');
  });

  it('is asked about no more, and not written, once the policy is another one', async () => {
    const uuid = await booked();
    const id = await reviewOf(uuid);
    await desk.ok('settings', 'set', 'summary', 'shadow', '--company', COMPANY);
    desk.fareHarbor.edit(uuid, { note: 'Shadow by now' });
    await desk.webhook(uuid);
    await desk.ok('settings', 'set', 'summary', 'assisted', '--company', COMPANY);
    expect(await stateOf(id)).toBe('superseded');
  });
});

describe('an offer that a person is asked about', () => {
  beforeAll(() => desk.ok('settings', 'set', 'event', 'assisted', '--company', COMPANY));
  afterAll(() => desk.ok('settings', 'reset', 'event', '--company', COMPANY));

  it('is told of once, whatever is repeated', async () => {
    const uuid = await booked();
    expect(await offersOf(uuid)).toEqual([]);
    const id = await reviewOf(uuid, 'event');
    await desk.ok('approve', id);
    await desk.ok('approve', id);
    await desk.deliverSent(2);
    for (const note of ['One', 'Two']) {
      desk.fareHarbor.edit(uuid, { note });
      await desk.webhook(uuid);
    }
    const offers = await offersOf(uuid);
    expect(offers.map(({ change }) => change)).toEqual([
      { kind: 'upsell_recommended', offer: 'whale-watch', name: 'Whale watching', approved: true },
    ]);
    expect((await desk.run('edit', id, '--value', 'another')).err).toBe(
      'An event can be approved or rejected, but not edited.\n',
    );
  });

  it('that is rejected is told to nobody', async () => {
    const uuid = await booked();
    await desk.ok('reject', await reviewOf(uuid, 'event'));
    desk.fareHarbor.edit(uuid, { note: 'Rejected' });
    await desk.webhook(uuid);
    expect(await offersOf(uuid)).toEqual([]);
  });
});

describe('history', () => {
  it('stays so when it is looked at again: nobody is asked, and nobody is told', async () => {
    const uuid = await booked();
    await desk.ok('reject', await reviewOf(uuid));
    await desk.dynamo.send(
      new UpdateItemCommand({
        TableName: 'bookings',
        Key: { uuid: { S: uuid } },
        UpdateExpression: 'SET quietThrough = :all',
        ExpressionAttributeValues: { ':all': { N: '1' } },
      }),
    );
    desk.words.summary = 'Something else of old.';
    desk.sent.push(JSON.stringify({ booking: { uuid, company: { shortname: COMPANY } } }));
    await desk.deliverSent();
    const { version, quietThrough, acts } = await desk.held(uuid);
    expect([version, quietThrough, acts?.summary?.does]).toEqual([2, 2, 'shadow']);
    expect((await desk.reviews()).filter((review) => review.uuid === uuid)).toEqual([]);
  });
});

describe('decisions', () => {
  it('have an entry for each version, with what it was made from, and without the words of a summary', async () => {
    const uuid = await booked();
    desk.fareHarbor.edit(uuid, { note: 'Again' });
    await desk.webhook(uuid);
    const entries = await desk.decisions(uuid);
    expect(entries.map(({ kind, version }) => `${kind} ${version}`)).toEqual(['decided 1', 'decided 2']);
    expect(entries[0]).toMatchObject({
      company: COMPANY,
      acts: { summary: { mode: 'assisted', does: 'review', output: { characters: 22 } } },
    });
    expect(JSON.stringify(entries)).not.toContain('honeymoon');
    expect(Object.keys(entries[0]?.kind === 'decided' ? entries[0].features : {}).length).toBeGreaterThan(5);
  });

  it('are never written over, whoever writes', async () => {
    const entry = {
      kind: 'written',
      uuid: 'some',
      company: COMPANY,
      version: 1,
      at: AT,
      sink: 'crm',
      links: {},
    } as const;
    await appendDecision(desk.dynamo, 'decisions', { ...entry, wrote: [] });
    await appendDecision(desk.dynamo, 'decisions', {
      ...entry,
      wrote: [{ action: 'score', of: 'some', place: 'Contact 1' }],
    });
    expect(await desk.decisions('some')).toEqual([{ ...entry, wrote: [] }]);
  });

  it('go on where the bookings were restored to a time before the booking', async () => {
    const uuid = await booked();
    await desk.dynamo.send(new DeleteItemCommand({ TableName: 'bookings', Key: { uuid: { S: uuid } } }));
    await desk.webhook(uuid);
    expect((await desk.decisions(uuid)).map(({ version }) => version)).toEqual([1, 1]);
  });
});
