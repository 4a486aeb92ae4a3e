import { createHmac } from 'node:crypto';
import { type Audience, remember } from './audience.ts';
import { type Contact, subscriberHash } from './contact.ts';

export type WebhookEvent = 'subscribe' | 'unsubscribe' | 'profile' | 'cleaned' | 'upemail';
/** Who did it. Mailchimp's own doings (an address bounced) are told whatever sources a webhook asks for. */
export type WebhookSource = 'api' | 'user' | 'mailchimp';

/** One webhook sent, with what the receiver answered. */
export interface Delivery {
  readonly at: string;
  readonly event: WebhookEvent;
  readonly url: string;
  readonly body: string;
  status: number | 'pending' | 'failed';
}

/** What an audience needs to tell others what happens in it. */
export interface Outbox {
  /** Key of `X-Mailchimp-Signature`; undefined sends unsigned ones, as webhooks made long ago are. */
  readonly signingSecret: string | undefined;
  readonly deliveries: Delivery[];
  readonly pending: Set<Promise<void>>;
}

/** Mailchimp gives a receiver ten seconds. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * Tells every webhook of the audience that listens for the event from this source: form-encoded, signed where
 * a secret is set. Sent beside the request that caused it; each is tried once.
 *
 * @param data the event's own fields, beside the contact's.
 */
export function announce(
  audience: Audience,
  source: WebhookSource,
  event: WebhookEvent,
  contact: Contact,
  data: Readonly<Record<string, string>> = {},
): void {
  for (const { url, events, sources } of audience.webhooks) {
    if (events[event] !== true || (source !== 'mailchimp' && sources[source] !== true)) continue;
    const delivery: Delivery = {
      at: new Date().toISOString(),
      event,
      url,
      body: formOf(audience, event, contact, data),
      status: 'pending',
    };
    remember(audience.outbox.deliveries, delivery);
    const sent = send(delivery, audience.outbox.signingSecret).finally(() => audience.outbox.pending.delete(sent));
    audience.outbox.pending.add(sent);
  }
}

/** Whether an address answers a GET, as it must before Mailchimp accepts it for a webhook. */
export async function answersGet(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not reachable, or too slow: Mailchimp makes no difference either.
    return false;
  }
}

/** `t=…,v1=…`: HMAC-SHA256 over the time in seconds, a dot and the raw body. */
export function signature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

async function send(delivery: Delivery, secret: string | undefined): Promise<void> {
  const { url, body } = delivery;
  const signed = secret === undefined ? {} : { 'x-mailchimp-signature': signature(secret, now(), body) };
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'MailChimp', ...signed };
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await response.arrayBuffer();
    delivery.status = response.status;
  } catch {
    delivery.status = 'failed';
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function formOf(
  audience: Audience,
  event: WebhookEvent,
  contact: Contact,
  data: Readonly<Record<string, string>>,
): string {
  const fields =
    event === 'upemail' ? {} : { id: subscriberHash(contact.email), email: contact.email, email_type: 'html' };
  const form = new URLSearchParams({
    type: event,
    fired_at: new Date().toISOString().slice(0, 19).replace('T', ' '),
  });
  for (const [name, value] of Object.entries({ ...fields, ...data, list_id: audience.id })) {
    form.set(`data[${name}]`, value);
  }
  if (event !== 'upemail' && event !== 'cleaned') {
    form.set('data[merges][EMAIL]', contact.email);
    for (const [tag, value] of Object.entries(contact.mergeValues)) {
      if (typeof value !== 'object') form.set(`data[merges][${tag}]`, String(value));
    }
  }
  return form.toString();
}
