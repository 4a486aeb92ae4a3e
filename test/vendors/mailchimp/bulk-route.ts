import * as z from 'zod';
import type { Route, VendorReply } from '../server.ts';
import { type Account, type Checked, route, writeRules } from './account.ts';
import { type Audience, tagSegment } from './audience.ts';
import { type Contact, subscriberHash } from './contact.ts';
import { memberView } from './member-view.ts';
import { commit, createContact, readMember, updateContact } from './member-write.ts';
import { invalid, Refused } from './problem.ts';

const bulkBody = z.object({
  members: z.array(z.unknown()),
  update_existing: z.boolean().optional(),
  sync_tags: z.boolean().optional(),
});
const problemBody = z.object({
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

type View = Readonly<Record<string, unknown>>;
interface BulkError {
  readonly email_address: string;
  readonly error: string;
  readonly error_code: 'ERROR_CONTACT_EXISTS' | 'ERROR_GENERIC';
  readonly field?: string | undefined;
  readonly field_message?: string | undefined;
}

export const BULK_MEMBERS = 500;

/** `POST /lists/{id}`: up to 500 members at once. Always 200: each member that failed is in `errors`. */
export function bulkRoute(account: Account): Route {
  return route(account, 'list.bulk', (checked) => bulk(account, checked));
}

function bulk(account: Account, checked: Checked): VendorReply {
  const { members, ...how } = bulkBody.parse(checked.body);
  if (members.length > BULK_MEMBERS) throw invalid(`No more than ${BULK_MEMBERS} members can be sent at once.`);
  const created: View[] = [];
  const updated: View[] = [];
  const errors: BulkError[] = [];
  for (const member of members) {
    try {
      const { view, isNew } = writeOne(account, checked, member, how);
      (isNew ? created : updated).push(view);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      errors.push(bulkError(readMember(member).email_address ?? '', error));
    }
  }
  return {
    status: 200,
    body: {
      new_members: created,
      updated_members: updated,
      errors,
      total_created: created.length,
      total_updated: updated.length,
      error_count: errors.length,
      _links: [],
    },
  };
}

function writeOne(
  account: Account,
  { audience, request }: Checked,
  member: unknown,
  how: Omit<z.infer<typeof bulkBody>, 'members'>,
): { view: View; isNew: boolean } {
  const body = readMember(member);
  const email = body.email_address ?? '';
  const rules = writeRules(account, 'list.bulk', request);
  const known = audience.contacts.get(subscriberHash(email));
  if (known === undefined) {
    if (body.status === undefined) throw invalid(`${email}: a new member needs a status.`);
    return { view: memberView(audience, createContact(audience, body, body.status, rules)), isNew: true };
  }
  if (how.update_existing !== true)
    throw new Refused(400, CONTACT_EXISTS, `${email} is already a list member, do you want to update?`);
  if (how.sync_tags !== true) {
    return { view: memberView(audience, updateContact(audience, known, body, rules)), isNew: false };
  }
  const { tags = [], ...rest } = body;
  updateContact(audience, known, rest, rules);
  replaceTags(audience, known, tags);
  return { view: memberView(audience, known), isNew: false };
}

/** `sync_tags`: the contact has the request's tags afterwards and no others. No automation begins by it. */
function replaceTags(audience: Audience, contact: Contact, tags: readonly string[]): void {
  const before = new Map(contact.tags);
  contact.tags.clear();
  for (const tag of tags) {
    contact.tags.set(tag, before.get(tag) ?? contact.changedAt);
    tagSegment(audience, tag);
  }
  commit(audience, 'list.bulk', contact, { tags });
}

const CONTACT_EXISTS = 'Contact Exists';

function bulkError(email: string, refused: Refused): BulkError {
  const { detail, errors } = problemBody.parse(refused.reply.body);
  const exists = refused.message.startsWith(CONTACT_EXISTS);
  return {
    email_address: email,
    error: detail,
    error_code: exists ? 'ERROR_CONTACT_EXISTS' : 'ERROR_GENERIC',
    field: errors?.[0]?.field,
    field_message: errors?.[0]?.message,
  };
}
