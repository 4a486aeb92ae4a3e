import { Agent, request } from 'node:http';

export interface Acks {
  /** Milliseconds of each request, in the order they ended. */
  readonly latencies: readonly number[];
  /** Milliseconds from the first request to the last answer. */
  readonly elapsed: number;
}

/** Posts the bodies with so many requests at a time over kept connections. @throws when one is not answered 200. */
export async function post(url: string, bodies: readonly string[], concurrency: number): Promise<Acks> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latencies: number[] = [];
  const startedAt = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const sentAt = performance.now();
      const status = await postOne(url, body, agent);
      if (status !== 200) throw new Error(`a webhook was answered ${status}`);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  return { latencies, elapsed: performance.now() - startedAt };
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
