import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Core } from '../../infra/local/core.ts';
import { requestSource } from './ingest-fuzz.ts';
import { expectedOf } from './ingest-model.ts';
import { type Encode, type FuzzRequest, KEYS_IN_USE } from './requests.ts';
import { type FuzzOptions, type FuzzReport, runCases } from './run.ts';

/** An HTTP API hands these over as text and all others as base64. */
const byType: Encode = (type) =>
  /^(text\/.*|application\/(json|javascript|xml))$/.test(type.split(';')[0]?.trim().toLowerCase() ?? '')
    ? 'text'
    : 'base64';

/** What no HTTP client can be made to send: the connection's own headers. */
const OF_THE_CONNECTION = ['content-length', '__proto__'];
/** A request line and its headers have 16 KB; what is longer, the gateway refuses by itself. */
const LONGEST_KEY = 2_000;
const LONGEST_HEADERS = 12_000;

/**
 * The same requests over HTTP, through the gateway to ingest's own bundle in its own process, whose queue nobody
 * consumes: every request is answered as it should be, and the queue holds exactly what was answered 200.
 *
 * @param core started with `consume: false` and SECRET as its webhook secret.
 */
export async function fuzzGateway(core: Core, options: FuzzOptions): Promise<FuzzReport> {
  const source = requestSource(options.seed, byType);
  const queued = async () => (await core.queues()).get(bookingsQueue(core))?.visible ?? 0;
  const processes = core.functions.get('ingest')?.pids();
  let kept = await queued();
  const report = await runCases('gateway', options, async (index) => {
    const drawn = source(index);
    // HTTP clients write methods in capitals; without one they GET.
    const request = { ...drawn, method: drawn.method.toUpperCase() || 'GET' };
    if (JSON.stringify(request.headers).length > LONGEST_HEADERS) return 'not sent';
    const status = await send(core.url, request);
    const expected = request.path === '' ? 404 : expectedOf(request).status;
    if (status !== expected) throw new Error(`answered ${status}, not ${expected}`);
    if (status === 200) kept += 1;
    return String(status);
  });
  const faults = [
    (await queued()) !== kept && `${kept} were answered 200, but ${await queued()} are in the queue`,
    String(core.functions.get('ingest')?.pids()) !== String(processes) && 'a process of ingest has died',
    KEYS_IN_USE.some((key) => core.logs('ingest').join('\n').includes(key)) && 'the log holds a key',
  ].filter((fault) => fault !== false);
  return { ...report, failures: [...report.failures, ...faults.map((what) => ({ index: -1, what }))] };
}

function bookingsQueue(core: Core): string {
  return core.plan.queues.find(({ name }) => name.endsWith('-bookings.fifo'))?.name ?? '';
}

async function send(base: string, { method, path, query, headers, body }: FuzzRequest): Promise<number> {
  const encoded = (key: string) => encodeURIComponent(key.slice(0, LONGEST_KEY).toWellFormed());
  const url = `${base}/webhooks/fareharbor${path === undefined ? '' : `/${encoded(path)}`}`;
  const sendable = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  return await new Promise((done, fail) => {
    const outgoing = httpRequest(
      query === undefined ? url : `${url}?key=${encoded(query)}`,
      { method, headers: { ...Object.fromEntries(sendable), 'content-length': body.length } },
      (incoming) => {
        text(incoming).then(() => done(incoming.statusCode ?? 0), fail);
      },
    );
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}
