import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gatewayReply, type HttpReply, type HttpRequest, splitTarget, toEvent, toReply } from './http-event.ts';
import type { Lambda } from './lambda.ts';
import { matchRoute } from './routes.ts';
import type { LocalRoute } from './template.ts';

/** An HTTP API refuses a larger body. */
const BODY_BYTES = 10 * 1024 * 1024;
/** Lambda refuses a larger event, which is the body as text or base64 with everything around it. */
const EVENT_BYTES = 6 * 1024 * 1024;
/** An HTTP API waits this long for its integration at most. */
const INTEGRATION_TIMEOUT_MS = 30_000;

export interface Gateway {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves an HTTP API's routes on loopback, each request being one synchronous invocation.
 *
 * @param port 0 takes any free port.
 * @param onAnswer told the status of each answer.
 * @throws when the port is taken.
 */
export async function startGateway(
  routes: readonly LocalRoute[],
  lambdas: ReadonlyMap<string, Lambda>,
  port: number,
  onAnswer: (status: number) => void = () => undefined,
): Promise<Gateway> {
  const server = createServer((incoming, outgoing) => {
    serve(routes, lambdas, incoming)
      .then((reply) => {
        onAnswer(reply.status);
        send(outgoing, reply);
      })
      // Only a client that went away while sending ends here.
      .catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((done, fail) => {
    server.once('error', (error) => fail(inUse(error) ? new Error(taken(port), { cause: error }) : error));
    server.listen(port, '127.0.0.1', done);
  });
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${listening}`,
    port: listening,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function inUse(error: Error): boolean {
  return 'code' in error && error.code === 'EADDRINUSE';
}

function taken(port: number): string {
  return `port ${port} is taken; choose another one with PORT, or PORT=0 for any that is free`;
}

async function serve(
  routes: readonly LocalRoute[],
  lambdas: ReadonlyMap<string, Lambda>,
  incoming: IncomingMessage,
): Promise<HttpReply> {
  const at = new Date();
  const { method = 'GET', url: target = '/', headers } = incoming;
  const body = await readBody(incoming);
  const match = matchRoute(routes, method, splitTarget(target)[0]);
  const lambda = match === undefined ? undefined : lambdas.get(match.route.functionName);
  if (match === undefined || lambda === undefined) return gatewayReply(404, 'Not Found');
  if (body === undefined) return gatewayReply(413, 'Request Entity Too Large');
  const sourceIp = incoming.socket.remoteAddress ?? '127.0.0.1';
  const request: HttpRequest = { method, target, headers, body, sourceIp, requestId: requestId(), at };
  const event = toEvent(request, match);
  // The body alone decides for nearly every request, and measuring it costs nothing.
  if (body.length > EVENT_BYTES / 8 && Buffer.byteLength(JSON.stringify(event)) > EVENT_BYTES) {
    return gatewayReply(413, 'Request Entity Too Large');
  }
  return invoke(lambda, event, request.requestId);
}

async function invoke(lambda: Lambda, event: unknown, id: string): Promise<HttpReply> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), INTEGRATION_TIMEOUT_MS);
  });
  const result = await Promise.race([lambda.invoke(event), tooLate]);
  clearTimeout(timer);
  if (result === undefined) return gatewayReply(503, 'Service Unavailable');
  const reply = result.ok ? toReply(result.payload) : undefined;
  const { status, headers, body } = reply ?? gatewayReply(500, 'Internal Server Error');
  return { status, headers: { ...headers, 'apigw-requestid': id }, body };
}

function send(outgoing: ServerResponse, { status, headers, body }: HttpReply): void {
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.writeHead(status).end(body);
}

/** The whole body, or undefined when it is over the limit; the rest is read away so that the client gets its answer. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size <= BODY_BYTES) chunks.push(chunk);
  }
  return size > BODY_BYTES ? undefined : Buffer.concat(chunks);
}

/** Fifteen characters and `=`, as API Gateway's ids look: consumers must not take them for UUIDs. */
function requestId(): string {
  return `${randomBytes(11).toString('base64url').slice(0, 15)}=`;
}
