import { createHash } from 'node:crypto';
import { afterEach } from 'vitest';
import * as z from 'zod';
import { type RunningVendor, serveVendor } from '../server.ts';
import { createMailchimp, type Mailchimp, type MailchimpOptions } from './mailchimp.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A served stand-in with the calls the tests make, over real HTTP. */
export interface Calls {
  readonly mailchimp: Mailchimp;
  readonly server: RunningVendor;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  putMember(email: string, body?: Readonly<Record<string, unknown>>): Promise<Answer>;
}

export const AUTH = { authorization: `Basic ${Buffer.from('any:local-key-us1').toString('base64')}` };

const running: RunningVendor[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** Serves a stand-in until the test ends. */
export async function served(options?: MailchimpOptions): Promise<Calls> {
  const mailchimp = createMailchimp(options);
  const server = await serveVendor(mailchimp);
  running.push(server);
  const call: Calls['call'] = async (method, path, body, headers = AUTH) => {
    const response = await fetch(`${server.url}${path.startsWith('/_') ? path : `/3.0${path}`}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: text === '' ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
    };
  };
  return {
    mailchimp,
    server,
    call,
    putMember: (email, body = {}) =>
      call('PUT', memberPath(email), { email_address: email, status_if_new: 'transactional', ...body }),
  };
}

export function memberPath(email: string): string {
  return `/lists/audience01/members/${createHash('md5').update(email.toLowerCase()).digest('hex')}`;
}
