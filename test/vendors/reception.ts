import type { Fault, LoggedRequest, Route, Vendor, VendorReply, VendorRequest } from './server.ts';

/** A request as it comes in, over HTTP or out of this process. */
export interface Incoming {
  readonly method: string;
  /** Percent-encoded as sent. */
  readonly path: string;
  /** The query string with its question mark; empty where there is none. */
  readonly search: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a stand-in does with requests, whatever way they come: faults, routes, log. */
export interface Reception {
  readonly requests: readonly LoggedRequest[];
  fault(fault: Fault): void;
  clearFaults(): void;
  /** Forget state, faults and the request log. */
  reset(): void;
  /** `hang`: there is never an answer; `dropped`: the connection ends without one. */
  receive(incoming: Incoming): Promise<VendorReply | 'hang' | 'dropped'>;
}

interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

const LOGGED_REQUESTS = 20_000;

export function openReception(vendor: Vendor): Reception {
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

  /** Does what the script says, or the vendor's own work. */
  const perform = async (
    request: VendorRequest,
    route: Route | undefined,
  ): Promise<{ readonly reply: VendorReply; readonly status: LoggedRequest['status'] } | 'hang'> => {
    const scripted = takeFault(route?.name ?? 'unknown', request);
    if (scripted?.delayMs !== undefined) await new Promise((done) => setTimeout(done, scripted.delayMs).unref());
    if (scripted?.hang === true) return 'hang';
    if (scripted?.status !== undefined) {
      const { status, headers, body } = scripted;
      return { reply: { status, ...(headers && { headers }), body }, status };
    }
    const missing = { status: 404, body: { error: `no such path: ${request.path}` } };
    const reply =
      route === undefined
        ? (vendor.notFound?.(request) ?? missing)
        : (vendor.before?.(request, route) ?? (await route.handle(request)));
    return { reply, status: scripted?.commitThenDrop === true ? 'dropped' : reply.status };
  };

  return {
    requests,
    fault,
    clearFaults: () => {
      faults.length = 0;
    },
    reset,
    async receive(incoming) {
      const found = match(compiled, incoming.method, incoming.path);
      const request = toRequest(incoming, found?.params ?? {});
      const controlled = control(request);
      if (controlled !== undefined) return controlled;
      const log = (status: LoggedRequest['status']): void => {
        const { method, path, search: query, headers, body } = incoming;
        const route = found?.route.name ?? 'unknown';
        requests.push({ at: new Date().toISOString(), route, method, path, query, headers, body, status });
        if (requests.length > LOGGED_REQUESTS) requests.splice(0, requests.length - LOGGED_REQUESTS);
      };
      try {
        const performed = await perform(request, found?.route);
        log(performed === 'hang' ? 'hang' : performed.status);
        if (performed === 'hang' || performed.status === 'dropped') return performed === 'hang' ? 'hang' : 'dropped';
        return performed.reply;
      } catch (error) {
        log(500);
        return { status: 500, body: { error: `the stand-in itself failed: ${String(error)}` } };
      }
    },
  };
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'route' in value && typeof value.route === 'string';
}

function toRequest(
  { method, path, search, headers, body }: Incoming,
  params: Readonly<Record<string, string>>,
): VendorRequest {
  return {
    method,
    path,
    query: new URLSearchParams(search),
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
