import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Incoming, openReception, type Reception } from './reception.ts';

/** One HTTP request as a stand-in's route sees it. */
export interface VendorRequest {
  readonly method: string;
  /** Path without the query string, percent-encoded as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Values of the pattern's `:name` segments, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The body parsed as JSON; undefined when it is not JSON. */
  json(): unknown;
}

/** What a route answers. An object body is sent as JSON, a string as it is (set its content type). */
export interface VendorReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Route {
  /** A stable name to script faults by, such as `composite` or `member.put`. */
  readonly name: string;
  readonly method: string;
  /** Segments separated by `/`; `:name` takes one segment, a last `*` takes the rest. */
  readonly pattern: string;
  handle(request: VendorRequest): VendorReply | Promise<VendorReply>;
}

/** A strict, stateful stand-in for one vendor. */
export interface Vendor {
  readonly name: string;
  readonly routes: readonly Route[];
  /** What the vendor now holds, as plain JSON for people and tests. */
  state(): unknown;
  /** Forget everything; the next request finds a new, empty account. */
  reset(): void;
  /** The vendor's own shape of an error for an unknown path. */
  notFound?(request: VendorRequest): VendorReply;
  /** Runs before a route: authentication, rate limits. A reply ends the request. */
  before?(request: VendorRequest, route: Route): VendorReply | undefined;
}

/**
 * A scripted fault. It applies to the next `times` requests (default 1) that match `route`
 * (a route's name, or `*`) and, where given, whose body or path contains `match`.
 */
export interface Fault {
  readonly route: string;
  readonly match?: string;
  readonly times?: number;
  /** Answer this instead of doing the work. */
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Wait this long first, milliseconds. With no status the work is then done as usual. */
  readonly delayMs?: number;
  /** Never answer; the work is not done. */
  readonly hang?: boolean;
  /** Do the work, then drop the connection without an answer. */
  readonly commitThenDrop?: boolean;
}

/** One request in the stand-in's log, newest last. */
export interface LoggedRequest {
  readonly at: string;
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number | 'hang' | 'dropped';
}

export interface RunningVendor extends Reception {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves a stand-in on loopback. Beside the vendor's own routes it has, for people and tests:
 * `GET /_state`, `DELETE /_state`, `GET /_requests`, `GET|POST|DELETE /_faults`.
 *
 * @param port 0 takes any free port.
 */
export async function serveVendor(vendor: Vendor, port = 0): Promise<RunningVendor> {
  const reception = openReception(vendor);
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const reply = await reception.receive(await readRequest(incoming));
    if (reply === 'hang') return;
    if (reply === 'dropped') outgoing.destroy();
    else send(outgoing, reply);
  };
  const server = createServer((incoming, outgoing) => {
    // Only a client that went away while sending ends here; there is nobody left to answer.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Clients keep connections; the default of 5 s would race with a client that sends just then.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', done);
  });
  const listening = (server.address() as AddressInfo).port;
  return {
    ...reception,
    name: vendor.name,
    url: `http://127.0.0.1:${listening}`,
    port: listening,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<Incoming> {
  const url = new URL(incoming.url ?? '/', 'http://stand-in');
  const body = await readBody(incoming);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: incoming.method ?? 'GET', path: url.pathname, search: url.search, headers, body };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function send(outgoing: ServerResponse, reply: VendorReply): void {
  const text = reply.body === undefined ? '' : typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  const type = typeof reply.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const headers = { ...(reply.body !== undefined && { 'content-type': type }), ...reply.headers };
  outgoing.writeHead(reply.status, headers).end(text);
}
