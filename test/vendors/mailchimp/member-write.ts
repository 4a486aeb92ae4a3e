import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { type Audience, type Noticed, remember, tagSegment } from './audience.ts';
import { type Contact, type SettableStatus, statusSchema, subscriberHash, wrongWithAddress } from './contact.ts';
import { startJourneys } from './journeys.ts';
import { checkMergeValues, type MergeValues, missingRequired } from './merge-values.ts';
import { announce } from './outgoing.ts';
import { invalid, Refused } from './problem.ts';

const address = z.record(z.string(), z.string());
const memberBody = z.object({
  email_address: z.string().optional(),
  status: statusSchema.optional(),
  status_if_new: statusSchema.optional(),
  merge_fields: z.record(z.string(), z.union([z.string(), z.number(), address])).optional(),
  tags: z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])).optional(),
});
const EXTRAS = [
  'email_type',
  'language',
  'vip',
  'interests',
  'marketing_permissions',
  'location',
  'ip_signup',
  'ip_opt',
];

export type MemberBody = z.infer<typeof memberBody> & { readonly extras: Readonly<Record<string, unknown>> };

/** What decides over a write beside the body. */
export interface WriteRules {
  readonly operation: string;
  readonly skipMergeValidation: boolean;
  /** Addresses that signed up to too many lists of late. */
  readonly throttled: ReadonlySet<string>;
  /** Event and tag names that begin an automation. */
  readonly journeys: ReadonlySet<string>;
}

/** Reads a member's body that has passed the document's rules. */
export function readMember(body: unknown): MemberBody {
  const given = z.record(z.string(), z.unknown()).parse(body);
  const extras = Object.fromEntries(Object.entries(given).filter(([name]) => EXTRAS.includes(name)));
  return { ...memberBody.parse(given), extras };
}

/** Adds a contact. @throws Refused where the address, its past or its merge fields forbid it. */
export function createContact(
  audience: Audience,
  body: MemberBody,
  status: SettableStatus,
  rules: WriteRules,
): Contact {
  const email = requireAddress(audience, body.email_address ?? '', rules);
  const mergeValues = mergedValues(audience, email, {}, body.merge_fields, rules);
  const now = new Date().toISOString();
  const contact: Contact = {
    contactId: randomBytes(16).toString('hex'),
    webId: 1_000_000 + audience.contacts.size + audience.erased.size,
    email,
    status,
    underReview: false,
    mergeValues,
    tags: new Map(),
    events: [],
    extras: body.extras,
    signedUpAt: now,
    changedAt: now,
  };
  if (status === 'subscribed' && audience.doubleOptIn) {
    notice(audience, email, 'subscribed-without-double-opt-in', 'the audience asks new contacts to confirm: pending');
  }
  audience.contacts.set(subscriberHash(email), contact);
  for (const tag of body.tags ?? []) {
    contact.tags.set(tag, now);
    tagSegment(audience, tag);
    startJourneys(audience, contact, `tag:${tag}`, rules.journeys, false);
  }
  commit(audience, rules.operation, contact, { created: true, status, ...body.merge_fields, tags: body.tags });
  if (status === 'subscribed') announce(audience, 'api', 'subscribe', contact);
  return contact;
}

/** Changes a contact. `status_if_new` counts for nothing here: the contact is not new, archived or not. */
export function updateContact(audience: Audience, contact: Contact, body: MemberBody, rules: WriteRules): Contact {
  if (body.status !== undefined) requireStatus(contact, body.status);
  const renamed = renamedTo(audience, contact, body.email_address, rules);
  const email = renamed ?? contact.email;
  const mergeValues = mergedValues(audience, email, contact.mergeValues, body.merge_fields, rules);
  if (body.tags !== undefined && body.tags.length > 0) {
    notice(audience, email, 'tags-ignored-on-update', 'tags in a member body only work when it is created');
  }
  const before = { email: contact.email, status: contact.status };
  if (renamed !== undefined) rename(audience, contact, renamed);
  contact.mergeValues = mergeValues;
  contact.extras = { ...contact.extras, ...body.extras };
  if (body.status !== undefined) {
    contact.status = body.status;
    delete contact.statusBeforeArchive;
  }
  contact.changedAt = new Date().toISOString();
  commit(audience, rules.operation, contact, {
    ...(body.status !== undefined && { status: body.status }),
    ...(renamed !== undefined && { email_address: renamed }),
    ...body.merge_fields,
  });
  announceUpdate(audience, contact, before, body);
  return contact;
}

function announceUpdate(
  audience: Audience,
  contact: Contact,
  before: Pick<Contact, 'email' | 'status'>,
  { status, merge_fields: merge }: MemberBody,
): void {
  if (before.email !== contact.email) announceRename(audience, 'api', contact, before.email);
  if (before.status !== 'unsubscribed' && status === 'unsubscribed') {
    announce(audience, 'api', 'unsubscribe', contact, { action: 'unsub', reason: 'manual' });
  } else if (before.status !== 'subscribed' && status === 'subscribed') {
    announce(audience, 'api', 'subscribe', contact);
  }
  if (merge !== undefined) announce(audience, 'api', 'profile', contact);
}

/** Tells the webhooks that a contact's address is another now. */
export function announceRename(audience: Audience, source: 'api' | 'user', contact: Contact, oldEmail: string): void {
  announce(audience, source, 'upemail', contact, {
    old_email: oldEmail,
    new_email: contact.email,
    new_id: subscriberHash(contact.email),
  });
}

/** Moves a contact to another address; the old hash finds nobody any more. */
export function rename(audience: Audience, contact: Contact, email: string): void {
  audience.contacts.delete(subscriberHash(contact.email));
  contact.email = email;
  audience.contacts.set(subscriberHash(email), contact);
}

export function notice(audience: Audience, email: string, what: Noticed['what'], detail: string): void {
  remember(audience.noticed, { at: new Date().toISOString(), email, what, detail });
}

export function commit(
  audience: Audience,
  operation: string,
  contact: Contact,
  change: Readonly<Record<string, unknown>>,
): void {
  remember(audience.history, { at: new Date().toISOString(), operation, email: contact.email, change });
}

function requireAddress(audience: Audience, email: string, { throttled }: WriteRules): string {
  const wrong = wrongWithAddress(email);
  if (wrong !== undefined) throw invalid(wrong);
  if (audience.erased.has(subscriberHash(email))) {
    throw new Refused(
      400,
      'Forgotten Email Not Subscribed',
      `${email} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`,
    );
  }
  if (throttled.has(email.toLowerCase())) {
    throw invalid(`${email} has signed up to a lot of lists very recently; we're not allowing more signups for now.`);
  }
  return email;
}

function requireStatus(contact: Contact, wanted: SettableStatus): void {
  const current = contact.status === 'archived' ? contact.statusBeforeArchive : contact.status;
  const blocked = contact.underReview || current === 'unsubscribed' || current === 'cleaned';
  if (blocked && (wanted === 'subscribed' || wanted === 'transactional')) {
    throw new Refused(
      400,
      'Member In Compliance State',
      `${contact.email} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`,
    );
  }
}

function renamedTo(
  audience: Audience,
  contact: Contact,
  wanted: string | undefined,
  rules: WriteRules,
): string | undefined {
  if (wanted === undefined || wanted === contact.email) return undefined;
  if (wanted.toLowerCase() === contact.email.toLowerCase()) return wanted;
  if (audience.contacts.has(subscriberHash(wanted))) throw memberExists(wanted);
  return requireAddress(audience, wanted, rules);
}

export function memberExists(email: string): Refused {
  return new Refused(
    400,
    'Member Exists',
    `${email} is already a list member. Use PUT to insert or update list members.`,
  );
}

function mergedValues(
  audience: Audience,
  email: string,
  before: MergeValues,
  given: MergeValues | undefined,
  rules: WriteRules,
): MergeValues {
  const checked = checkMergeValues(given ?? {}, audience.mergeFields);
  const values = { ...before, ...checked.values };
  // Mailchimp's flag lets blank required fields pass; a value of the wrong type is wrong with it, too.
  const missing = rules.skipMergeValidation ? [] : missingRequired(values, audience.mergeFields);
  const errors = [...checked.errors, ...missing];
  if (errors.length > 0) throw invalid('Your merge fields were invalid.', errors);
  for (const tag of checked.ignored) notice(audience, email, 'merge-tag-ignored', tag);
  for (const tag of checked.clipped) notice(audience, email, 'text-clipped', tag);
  return values;
}
