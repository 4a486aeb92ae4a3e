import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { priceOf } from '../../../functions/enrichment/model-economy/prices.ts';
import { askModel } from '../../../functions/enrichment/understanding/model.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import type { Vendor } from '../../../shared/observability/vendor-calls.ts';
import { countCalls, hearAll, VENDOR_METRICS } from '../../../shared/observability/vendor-metrics.ts';
import { budgetedHttp } from '../../../shared/rate-budget/budgeted-http.ts';
import { listening } from './quiet.ts';

/** Answers with the status that its path ends in; `/hang` never, `/drop` not whole. */
const server = createServer((request, response) => {
  const [, wanted = '200'] = /\/(\w+)(?:\/responses)?$/.exec(request.url ?? '') ?? [];
  if (wanted === 'hang') return;
  if (wanted === 'drop') return void request.socket.destroy();
  response.writeHead(Number(wanted), { 'content-type': 'application/json' }).end('{}');
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = z.object({ port: z.int() }).parse(server.address() satisfies AddressInfo | string | null);
  base = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A vendor's ears, with what they counted and timed by what is meant. */
function ears(vendor: Vendor) {
  const { meter, counts } = listening();
  const times: number[] = [];
  const duration = (metric: string, milliseconds: number) => {
    if (metric === VENDOR_METRICS[vendor].latency) times.push(milliseconds);
  };
  const { throttled, failed } = VENDOR_METRICS[vendor];
  const all = () => ({ throttled: counts[throttled] ?? 0, failed: counts[failed] ?? 0, timed: times.length });
  return { hear: countCalls(vendor, { ...meter, duration }), all, times };
}

const ANSWERS: readonly (readonly [string, { readonly throttled: number; readonly failed: number }])[] = [
  ['200', { throttled: 0, failed: 0 }],
  ['404', { throttled: 0, failed: 0 }],
  ['401', { throttled: 0, failed: 0 }],
  ['429', { throttled: 1, failed: 0 }],
  ['500', { throttled: 0, failed: 1 }],
  ['503', { throttled: 0, failed: 1 }],
  ['hang', { throttled: 0, failed: 1 }],
  ['drop', { throttled: 0, failed: 1 }],
];

it.each(ANSWERS)('a call over HTTP that meets %s is counted once, and timed', async (path, counted) => {
  const { hear, all, times } = ears('mailchimp');
  const http = httpClient('mailchimp', 200, hear);
  await http({ method: 'GET', url: `${base}/${path}` }).catch(() => undefined);
  expect(all()).toEqual({ ...counted, timed: 1 });
  if (path === 'hang') expect(times[0]).toBeGreaterThanOrEqual(190);
});

it.each(ANSWERS.filter(([path]) => path !== '200'))(
  'a question to the model that meets %s as well',
  async (path, counted) => {
    const { hear, all } = ears('model');
    const access = { apiKey: 'k', baseUrl: `${base}/${path}` };
    const input = { facts: 'a tour', words: 'We come with a dog.', catalogue: [] };
    const prices = priceOf('gpt-local', {});
    await askModel(input, access, { model: 'gpt-local', api: 'responses', timeoutMs: 200, prices, hear });
    expect(all()).toEqual({ ...counted, timed: 1 });
  },
);

it('a call that our own budget does not allow is none', async () => {
  const { hear, all } = ears('fareharbor');
  const spent = { take: async () => ({ granted: false, waitMs: 1000 }) as const };
  const http = budgetedHttp(httpClient('fareharbor', 200, hear), spent, 'live');
  await expect(http({ method: 'GET', url: base })).rejects.toMatchObject({ code: 'rate-budget.spent' });
  expect(all()).toEqual({ throttled: 0, failed: 0, timed: 0 });
});

it('no two vendors share a metric', () => {
  const names = Object.values(VENDOR_METRICS).flatMap((metrics) => Object.values(metrics));
  expect(new Set(names).size).toBe(12);
});

it('all who listen are told', () => {
  const [one, other] = [ears('salesforce'), ears('mailchimp')];
  hearAll(one.hear, other.hear)({ method: 'GET', url: '/', status: 500, milliseconds: 1, code: undefined });
  expect([one.all(), other.all()]).toEqual([
    { throttled: 0, failed: 1, timed: 1 },
    { throttled: 0, failed: 1, timed: 1 },
  ]);
});
