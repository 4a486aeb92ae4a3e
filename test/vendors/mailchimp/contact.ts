import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { MergeValues } from './merge-values.ts';

export const statusSchema = z.enum(['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional']);
/** What a request may set. A contact can also be archived, and one erased for good is no contact any more. */
export type SettableStatus = z.infer<typeof statusSchema>;
export type ContactStatus = SettableStatus | 'archived';

/** An event kept on a contact's timeline. */
export interface ContactEvent {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly occurred_at: string;
  readonly is_syncing: boolean;
}

export interface Contact {
  readonly contactId: string;
  readonly webId: number;
  email: string;
  status: ContactStatus;
  /** What an archived contact was: the compliance state outlives the archive. */
  statusBeforeArchive?: SettableStatus;
  /** Held back by Mailchimp's people: cannot be subscribed through the API. */
  underReview: boolean;
  mergeValues: MergeValues;
  /** Tag name to the instant it was added. */
  readonly tags: Map<string, string>;
  /** Oldest first. */
  readonly events: ContactEvent[];
  /** What a request may set beside: language, vip, email_type, interests, marketing permissions, location. */
  extras: Readonly<Record<string, unknown>>;
  readonly signedUpAt: string;
  changedAt: string;
}

/** Member id: MD5 of the address in lower case, hexadecimal. */
export function subscriberHash(email: string): string {
  return createHash('md5').update(email.toLowerCase()).digest('hex');
}

const ADDRESS = /^[^\s@,]+@[^\s@,.]+(\.[^\s@,.]+)+$/;
const FAKE_DOMAINS = new Set([
  'example.com',
  'example.org',
  'example.net',
  'test.com',
  'mailinator.com',
  'yopmail.com',
]);
const FAKE_MAILBOXES = new Set(['test', 'fake', 'asdf', 'none', 'noemail', 'noreply', 'no-reply']);

/** Why an address cannot be added: its form, or that it looks invented. Undefined where it is fine. */
export function wrongWithAddress(email: string): string | undefined {
  if (!ADDRESS.test(email)) return 'Please provide a valid email address.';
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1).toLowerCase();
  const looksFake = FAKE_DOMAINS.has(domain) || FAKE_MAILBOXES.has(email.slice(0, at).toLowerCase());
  return looksFake ? `${email} looks fake or invalid, please enter a real email address.` : undefined;
}
