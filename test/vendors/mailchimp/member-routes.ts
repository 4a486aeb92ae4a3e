import type { Route, VendorReply } from '../server.ts';
import { type Account, type Checked, requireContact, route, writeRules } from './account.ts';
import { type Audience, findContact } from './audience.ts';
import { type Contact, subscriberHash } from './contact.ts';
import { memberView, page } from './member-view.ts';
import { commit, createContact, memberExists, readMember, updateContact } from './member-write.ts';
import { invalidFields, Refused } from './problem.ts';

/** Adding, reading, changing, archiving and erasing members. */
export function memberRoutes(account: Account): Route[] {
  return [
    route(account, 'member.list', listMembers),
    route(account, 'member.get', (checked) => shown(checked.audience, requireContact(checked))),
    route(account, 'member.post', (checked) => postMember(account, checked)),
    route(account, 'member.put', (checked) => putMember(account, checked)),
    route(account, 'member.patch', (checked) => {
      const rules = writeRules(account, 'member.patch', checked.request);
      const contact = requireContact(checked);
      return shown(checked.audience, updateContact(checked.audience, contact, readMember(checked.body), rules));
    }),
    route(account, 'member.archive', archive),
    route(account, 'member.erase', erase),
  ];
}

function shown(audience: Audience, contact: Contact): VendorReply {
  return { status: 200, body: memberView(audience, contact) };
}

function listMembers({ request, audience }: Checked): VendorReply {
  const status = request.query.get('status');
  // Archived contacts are shown only to those who ask for them.
  const all = [...audience.contacts.values()].filter((contact) =>
    status === null ? contact.status !== 'archived' : contact.status === status,
  );
  const members = page(all, request.query).map((contact) => memberView(audience, contact));
  return { status: 200, body: { members, list_id: audience.id, total_items: all.length, _links: [] } };
}

function postMember(account: Account, { audience, body, request }: Checked): VendorReply {
  const member = readMember(body);
  const email = member.email_address ?? '';
  if (audience.contacts.has(subscriberHash(email))) throw memberExists(email);
  const status = member.status ?? 'subscribed';
  return shown(audience, createContact(audience, member, status, writeRules(account, 'member.post', request)));
}

/**
 * Add or update. A hash that is nobody's adds the body's address, which is why a hash of the address as typed
 * (not in lower case) ends as "Member Exists" the second time.
 */
function putMember(account: Account, { audience, body, request }: Checked): VendorReply {
  const member = readMember(body);
  const rules = writeRules(account, 'member.put', request);
  const contact = findContact(audience, request.params.subscriberHash ?? '');
  if (contact !== undefined) return shown(audience, updateContact(audience, contact, member, rules));
  const email = member.email_address ?? '';
  if (audience.contacts.has(subscriberHash(email))) throw memberExists(email);
  if (member.status_if_new === undefined) {
    throw invalidFields([{ field: 'status_if_new', message: 'This value should not be blank.' }]);
  }
  return shown(audience, createContact(audience, member, member.status_if_new, rules));
}

function archive(checked: Checked): VendorReply {
  const contact = requireContact(checked);
  if (contact.status === 'archived') {
    throw new Refused(405, 'Method Not Allowed', 'This list member cannot be removed: it is archived already.');
  }
  contact.statusBeforeArchive = contact.status;
  contact.status = 'archived';
  commit(checked.audience, 'member.archive', contact, { status: 'archived' });
  return { status: 204 };
}

function erase(checked: Checked): VendorReply {
  const contact = requireContact(checked);
  const { audience } = checked;
  commit(audience, 'member.erase', contact, { erased: true });
  audience.contacts.delete(subscriberHash(contact.email));
  audience.erased.add(subscriberHash(contact.email));
  return { status: 204 };
}
