import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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

export interface RunningVendor {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly requests: readonly LoggedRequest[];
  fault(fault: Fault): void;
  clearFaults(): void;
  /** Forget state, faults and the request log. */
  reset(): void;
  close(): Promise<void>;
}

interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

const LOGGED_REQUESTS = 20_000;

/**
 * Serves a stand-in on loopback. Beside the vendor's own routes it has, for people and tests:
 * `GET /_state`, `DELETE /_state`, `GET /_requests`, `GET|POST|DELETE /_faults`.
 *
 * @param port 0 takes any free port.
 */
export async function serveVendor(vendor: Vendor, port = 0): Promise<RunningVendor> {
  const compiled = vendor.routes.map((route) => ({ route, segments: route.pattern.split('/').filter(Boolean) }));
  const faults: { fault: Fault; left: number }[] = [];
  const requests: LoggedRequest[] = [];

  const fault = (scripted: Fault): void => {
    faults.push({ fault: scripted, left: scripted.times ?? 1 });
  };
  const reset = (): void => {
    vendor.reset();
    faults.length = 0;
    requests.length = 0;
  };
  const takeFault = (route: string, request: VendorRequest): Fault | undefined => {
    const index = faults.findIndex(
      ({ fault: candidate }) =>
        (candidate.route === '*' || candidate.route === route) &&
        (candidate.match === undefined ||
          request.body.includes(candidate.match) ||
          request.path.includes(candidate.match)),
    );
    const entry = faults[index];
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) faults.splice(index, 1);
    return entry.fault;
  };

  const control = (request: VendorRequest): VendorReply | undefined => {
    switch (`${request.method} ${request.path}`) {
      case 'GET /_state':
        return { status: 200, body: vendor.state() };
      case 'DELETE /_state':
        reset();
        return { status: 204 };
      case 'GET /_requests':
        return { status: 200, body: requests };
      case 'GET /_faults':
        return { status: 200, body: faults.map((entry) => ({ ...entry.fault, times: entry.left })) };
      case 'POST /_faults': {
        const scripted = request.json();
        const list = Array.isArray(scripted) ? scripted : [scripted];
        for (const one of list) {
          if (!isFault(one)) return { status: 400, body: { error: 'a fault needs a route: its name, or *' } };
          fault(one);
        }
        return { status: 204 };
      }
      case 'DELETE /_faults':
        faults.length = 0;
        return { status: 204 };
      default:
        return undefined;
    }
  };

  const server = createServer((incoming, outgoing) => {
    // Only a client that went away while sending ends here; there is nobody left to answer.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://stand-in');
    const body = await readBody(incoming);
    const found = match(compiled, incoming.method ?? 'GET', url.pathname);
    const request = toRequest(incoming, url, body, found?.params ?? {});
    const controlled = control(request);
    if (controlled !== undefined) return send(outgoing, controlled);
    const route = found?.route.name ?? 'unknown';
    const log = (status: LoggedRequest['status']): void => {
      const { method, path, headers } = request;
      requests.push({ at: new Date().toISOString(), route, method, path, query: url.search, headers, body, status });
      if (requests.length > LOGGED_REQUESTS) requests.splice(0, requests.length - LOGGED_REQUESTS);
    };
    try {
      const scripted = takeFault(route, request);
      if (scripted?.delayMs !== undefined) await new Promise((done) => setTimeout(done, scripted.delayMs).unref());
      if (scripted?.hang === true) return log('hang');
      if (scripted?.status !== undefined) {
        log(scripted.status);
        const { status, headers, body: scriptedBody } = scripted;
        return send(outgoing, { status, ...(headers && { headers }), body: scriptedBody });
      }
      const reply =
        found === undefined
          ? (vendor.notFound?.(request) ?? { status: 404, body: { error: `no such path: ${request.path}` } })
          : (vendor.before?.(request, found.route) ?? (await found.route.handle(request)));
      if (scripted?.commitThenDrop === true) {
        log('dropped');
        outgoing.destroy();
        return;
      }
      log(reply.status);
      send(outgoing, reply);
    } catch (error) {
      log(500);
      send(outgoing, { status: 500, body: { error: `the stand-in itself failed: ${String(error)}` } });
    }
  };
  // Clients keep connections; the default of 5 s would race with a client that sends just then.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', done);
  });
  const listening = (server.address() as AddressInfo).port;
  return {
    name: vendor.name,
    url: `http://127.0.0.1:${listening}`,
    port: listening,
    requests,
    fault,
    clearFaults: () => {
      faults.length = 0;
    },
    reset,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'route' in value && typeof value.route === 'string';
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function toRequest(
  incoming: IncomingMessage,
  url: URL,
  body: string,
  params: Readonly<Record<string, string>>,
): VendorRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body,
    params,
    json: () => {
      try {
        return JSON.parse(body);
      } catch {
        return undefined;
      }
    },
  };
}

function match(
  routes: readonly CompiledRoute[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | undefined {
  const given = path.split('/').filter(Boolean);
  for (const { route, segments } of routes) {
    if (route.method !== method) continue;
    const params = matchSegments(segments, given);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchSegments(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment === '*' && index === segments.length - 1) {
      params['*'] = given.slice(index).join('/');
      return params;
    }
    const value = given[index];
    if (value === undefined) return undefined;
    if (segment.startsWith(':')) params[segment.slice(1)] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return given.length === segments.length ? params : undefined;
}

function send(outgoing: ServerResponse, reply: VendorReply): void {
  const text = reply.body === undefined ? '' : typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  const type = typeof reply.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const headers = { ...(reply.body !== undefined && { 'content-type': type }), ...reply.headers };
  outgoing.writeHead(reply.status, headers).end(text);
}
