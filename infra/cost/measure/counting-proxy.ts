import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as hold } from 'node:timers/promises';

/** One call as it went over the wire. Times are milliseconds of one clock. */
export interface WireCall {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly method: string;
  readonly path: string;
  /** `x-amz-target`, the action of an AWS service; empty elsewhere. */
  readonly target: string;
  readonly requestBody: string;
  readonly requestBytes: number;
  readonly status: number;
  readonly responseBody: string;
}

export interface CountingProxyOptions {
  /** Where calls are passed on to; asked at each call, since it may not be known at the start. */
  readonly upstream: () => string;
  /**
   * Milliseconds that every answer is held back: calls made at the same time then overlap for certain, and those made one
   * after the other never do.
   */
  readonly holdMs: number;
  /** May change what is sent on, as asking for a figure that the caller did not ask for. */
  readonly amend?: ((body: string, target: string) => string) | undefined;
  readonly onCall: (call: WireCall) => void;
}

export interface CountingProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Headers that speak of one connection, or of a body that may have changed. */
const NOT_PASSED_ON = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);

/** Passes every call on to another server of this machine, and tells of each. */
export async function startCountingProxy(options: CountingProxyOptions): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true });
  let url = '';
  const server = createServer((incoming, outgoing) => {
    // A server that is gone is a dropped connection to whoever called, as it would be without us.
    relay(options, agent, url, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((done) => {
        agent.destroy();
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function relay(
  { upstream, holdMs, amend, onCall }: CountingProxyOptions,
  agent: Agent,
  own: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const startedAt = performance.now();
  const to = upstream();
  const requestBody = await textOf(incoming);
  const target = String(incoming.headers['x-amz-target'] ?? '');
  // Addresses inside bodies (a queue's, the one a vendor tells to go on with) are changed both ways.
  const body = (amend?.(requestBody, target) ?? requestBody).replaceAll(own, to);
  const answer = await passOn(`${to}${incoming.url ?? '/'}`, agent, incoming, body);
  await hold(holdMs);
  const text = answer.body.replaceAll(to, own);
  const { method = 'GET', url: path = '/' } = incoming;
  const requestBytes = Buffer.byteLength(requestBody) + headerBytes(incoming);
  onCall({
    startedAt,
    endedAt: performance.now(),
    method,
    path,
    target,
    requestBody,
    requestBytes,
    status: answer.status,
    responseBody: text,
  });
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !NOT_PASSED_ON.has(name)) outgoing.setHeader(name, value);
  }
  outgoing.writeHead(answer.status).end(text);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function passOn(address: string, agent: Agent, { method, headers }: IncomingMessage, body: string): Promise<Answer> {
  const kept = Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.has(name));
  const length = body === '' ? [] : [['content-length', String(Buffer.byteLength(body))]];
  return new Promise((done, fail) => {
    const sent = request(address, { method, agent, headers: Object.fromEntries([...kept, ...length]) }, (response) => {
      textOf(response).then(
        (text) => done({ status: response.statusCode ?? 502, headers: response.headers, body: text }),
        fail,
      );
    });
    sent.once('error', fail);
    sent.end(body);
  });
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function headerBytes({ rawHeaders, url = '' }: IncomingMessage): number {
  return rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, url.length);
}
