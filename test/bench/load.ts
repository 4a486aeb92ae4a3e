import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface Acks {
  /** Milliseconds of each request, in the order they ended. */
  readonly latencies: readonly number[];
  /** Milliseconds from the first request to the last answer. */
  readonly elapsed: number;
}

/** Something to post. */
export interface Sendable {
  /** Those of one subject are sent one after the other, in their order. */
  readonly uuid?: string;
  /** Called when it is sent. */
  readonly body: () => string;
}

/**
 * Posts the bodies with so many requests at a time over kept connections. Bodies of a generator are made as they are sent.
 * @throws when one is not answered 200.
 */
export function post(url: string, bodies: Iterable<string>, connections: number): Promise<Acks> {
  return send(url, sendables(bodies), connections);
}

function* sendables(bodies: Iterable<string>): Generator<Sendable> {
  for (const body of bodies) yield { body: () => body };
}

/** Posts as fast as answers come: each of the connections sends its next when it has its answer. @throws as `post`. */
export async function send(url: string, webhooks: Iterable<Sendable>, connections: number): Promise<Acks> {
  const sender = senderTo(url, connections);
  const startedAt = performance.now();
  const left = webhooks[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) await sender.send(next.value);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  sender.close();
  return { latencies: sender.latencies, elapsed: performance.now() - startedAt };
}

/** Posts so many a second whether answers come or not, as others would. A late start counts as waiting. @throws as `post`. */
export async function sendPaced(url: string, webhooks: Iterable<Sendable>, perSecond: number): Promise<Acks> {
  const sender = senderTo(url, 200);
  const startedAt = performance.now();
  const sent: Promise<void>[] = [];
  for (const webhook of webhooks) {
    const due = startedAt + (sent.length * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    sent.push(sender.send(webhook, due));
  }
  await Promise.all(sent);
  sender.close();
  return { latencies: sender.latencies, elapsed: performance.now() - startedAt };
}

interface Sender {
  readonly latencies: number[];
  /** @param since when its time began to count; by default when it is sent. */
  send(webhook: Sendable, since?: number): Promise<void>;
  close(): void;
}

function senderTo(url: string, connections: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  const underWay = new Map<string, Promise<void>>();
  const sendOne = async ({ body }: Sendable, before: Promise<void> | undefined, since?: number): Promise<void> => {
    await before;
    const text = body();
    const sentAt = since ?? performance.now();
    const status = await postOne(url, text, agent);
    if (status !== 200) throw new Error(`a webhook was answered ${status}`);
    latencies.push(performance.now() - sentAt);
  };
  return {
    latencies,
    send(webhook, since) {
      const { uuid } = webhook;
      if (uuid === undefined) return sendOne(webhook, undefined, since);
      const sent = sendOne(webhook, underWay.get(uuid), since).finally(() => {
        if (underWay.get(uuid) === sent) underWay.delete(uuid);
      });
      underWay.set(uuid, sent);
      return sent;
    },
    close: () => agent.destroy(),
  };
}

function postOne(url: string, body: string, agent: Agent): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => done(response.statusCode));
    });
    sent.once('error', fail);
    sent.end(body);
  });
}
