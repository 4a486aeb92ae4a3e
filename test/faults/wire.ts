import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Moment } from './tripwire.ts';

/** A call as it arrives on a wire. */
export interface WiredCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireOptions {
  /** Where calls go on to, such as `http://127.0.0.1:9324`. */
  readonly upstream: string;
  /** Asked for every call: undefined lets it pass, else its process dies before or after the effect. */
  pass(call: WiredCall): Moment | undefined;
  /** Kills the process that called. */
  kill(): void;
}

/** The only way by which one function reaches one service. */
export interface Wire {
  readonly url: string;
  /** Calls that are on their way now. */
  readonly inFlight: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Opens a wire on a free port of loopback. Calls pass unchanged, byte for byte, `Host` included. */
export async function openWire({ upstream, pass, kill }: WireOptions): Promise<Wire> {
  const agent = new Agent({ keepAlive: true });
  let inFlight = 0;
  const carry = async (incoming: IncomingMessage): Promise<Answer | undefined> => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const call = { method, path, headers, body: await readAll(incoming) };
    const fatal = pass(call);
    if (fatal === 'before') {
      kill();
      return undefined;
    }
    const answer = await forward(upstream, agent, call);
    if (fatal === undefined) return answer;
    kill();
    return undefined;
  };
  const server = createServer((incoming, outgoing) => {
    inFlight += 1;
    carry(incoming)
      .then((answer) => {
        if (answer === undefined) outgoing.destroy();
        else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
      })
      // The caller is dead, or what it called is gone: either way the connection ends without an answer.
      .catch(() => outgoing.destroy())
      .finally(() => {
        inFlight -= 1;
      });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get inFlight() {
      return inFlight;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
        agent.destroy();
      }),
  };
}

function forward(upstream: string, agent: Agent, { method, path, headers, body }: WiredCall): Promise<Answer> {
  return new Promise((done, fail) => {
    const outgoing = request(`${upstream}${path}`, { agent, method, headers }, (incoming) => {
      readAll(incoming).then((whole) => {
        const { 'transfer-encoding': _, ...rest } = incoming.headers;
        done({ status: incoming.statusCode ?? 502, headers: rest, body: whole });
      }, fail);
    });
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}
