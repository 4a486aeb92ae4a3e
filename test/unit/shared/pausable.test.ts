import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { type PausableDeps, pausable } from '../../../shared/pause/pausable.ts';
import type { Pause } from '../../../shared/pause/pauses.ts';
import { listening } from './quiet.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const paused: Pause = { id: 'crm', by: 'kai', since: new Date(START).toISOString(), reason: 'a test' };

const message = (receives: number): SQSRecord => ({
  messageId: 'm',
  receiptHandle: 'r',
  body: '{}',
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: '0',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '0',
    MessageGroupId: 'g',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:crm.fifo',
  awsRegion: 'us-east-1',
});

function desk(first: Pause | undefined) {
  const state = { at: START, pause: first, reads: 0, readable: true, handled: 0, parked: 0, sent: 0 };
  const deps: PausableDeps = {
    readPause: async () => {
      state.reads += 1;
      if (!state.readable) throw new Error('the table is away');
      return state.pause;
    },
    sendAgain: async () => {
      state.sent += 1;
    },
    log: listening().log,
    now: () => new Date(state.at),
  };
  const consumer = pausable(
    {
      queueUrl: 'http://127.0.0.1/crm.fifo',
      worstCaseMs: 1000,
      handle: async () => {
        state.handled += 1;
      },
      park: async () => {
        state.parked += 1;
      },
    },
    deps,
  );
  return { state, consumer };
}

describe('a consumer that can be paused', () => {
  it('works as ever while it is not, and asks only now and then', async () => {
    const { state, consumer } = desk(undefined);
    for (let n = 0; n < 50; n += 1) await consumer.handle(message(1));
    expect(state).toMatchObject({ handled: 50, reads: 1 });
  });

  it('gives its messages back, to be tried within a minute, and does nothing with them', async () => {
    const { state, consumer } = desk(paused);
    const error = await consumer.handle(message(1)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code: 'sink.paused' });
    expect(error instanceof RetryableError && error.waitSeconds).toBeLessThanOrEqual(60);
    expect(state).toMatchObject({ handled: 0, parked: 0 });
  });

  it('notices a pause, and its end, within a minute', async () => {
    const { state, consumer } = desk(undefined);
    await consumer.handle(message(1));
    state.pause = paused;
    state.at += 60_000;
    await expect(consumer.handle(message(1))).rejects.toThrow('paused');
    state.pause = undefined;
    state.at += 60_000;
    await consumer.handle(message(1));
    expect(state.handled).toBe(2);
  });

  it('puts a new copy in the place of a message before its receives say that it never works', async () => {
    const { state, consumer } = desk(paused);
    for (let receives = 1; ; receives += 1) {
      // The fifth receive is where an unforeseen error is parked for good.
      expect(receives).toBeLessThan(5);
      const givenBack = await consumer.handle(message(receives)).then(
        () => false,
        () => true,
      );
      expect(state.sent).toBe(givenBack ? 0 : 1);
      if (!givenBack) break;
    }
    expect(state.handled).toBe(0);
  });

  it('keeps a message whose copy the queue did not take', async () => {
    const { state, consumer } = desk(paused);
    const failing = pausable(consumer, {
      readPause: async () => paused,
      sendAgain: async () => {
        throw new Error('the queue is away');
      },
      log: listening().log,
      now: () => new Date(START),
    });
    await expect(failing.handle(message(9))).rejects.toThrow('the queue is away');
    expect(state.handled).toBe(0);
  });

  it('does nothing while it cannot be told whether it is paused, and asks again at the next message', async () => {
    const { state, consumer } = desk(undefined);
    state.readable = false;
    await expect(consumer.handle(message(9))).rejects.toBeInstanceOf(RetryableError);
    state.readable = true;
    await consumer.handle(message(9));
    expect(state.handled).toBe(1);
  });
});
