import { afterEach } from 'vitest';
import * as z from 'zod';
import { type RunningVendor, serveVendor } from '../server.ts';
import { createSalesforce, type Salesforce, type SalesforceOptions } from './salesforce.ts';

export const DATA = '/services/data/v66.0';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A running stand-in and a logged-in caller of it. */
export interface Caller {
  readonly org: Salesforce;
  readonly server: RunningVendor;
  /** Calls a path below `/services/data/v66.0`, or any path that starts with `/services`. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  login(): Promise<void>;
}

const TOKEN = z.object({ access_token: z.string() });
const open: RunningVendor[] = [];

/** Starts a stand-in on a free port; it is closed after the test. */
export async function startOrg(options: SalesforceOptions = {}): Promise<Caller> {
  const org = createSalesforce(options);
  const server = await serveVendor(org);
  open.push(server);
  let token = '';
  const login = async (): Promise<void> => {
    const form = { grant_type: 'client_credentials', client_id: 'harborlight-local', client_secret: 'local-secret' };
    const reply = await postForm(server.url, form);
    token = TOKEN.parse(reply.body).access_token;
  };
  const call: Caller['call'] = (method, path, body, headers = {}) =>
    send(`${server.url}${path.startsWith('/services') ? path : DATA + path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  await login();
  return { org, server, call, login };
}

/** Asks the token endpoint. */
export function postForm(url: string, form: Record<string, string>): Promise<Answer> {
  return send(`${url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
}

async function send(url: string, init: RequestInit): Promise<Answer> {
  const reply = await fetch(url, init);
  const text = await reply.text();
  const json = reply.headers.get('content-type')?.includes('json') === true;
  return { status: reply.status, headers: reply.headers, body: json ? JSON.parse(text) : text };
}

/** One part of a composite, by reference id. */
export function part(referenceId: string, method: string, path: string, body?: unknown): Record<string, unknown> {
  return { referenceId, method, url: DATA + path, ...(body !== undefined && { body }) };
}

const COMPOSITE = z.object({
  compositeResponse: z.array(
    z.object({ referenceId: z.string(), httpStatusCode: z.number(), body: z.unknown(), httpHeaders: z.unknown() }),
  ),
});

/** The parts of a composite's answer. */
export function partsOf(answer: Answer): z.infer<typeof COMPOSITE>['compositeResponse'] {
  return COMPOSITE.parse(answer.body).compositeResponse;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});
