import { type Audience, tagSegment } from './audience.ts';
import { type Contact, subscriberHash } from './contact.ts';
import type { MergeValue } from './merge-values.ts';

/** A contact as the API shows it: every merge field of the audience, blank where nothing is stored. */
export function memberView(audience: Audience, contact: Contact): Readonly<Record<string, unknown>> {
  const merge: Record<string, MergeValue> = {};
  for (const { tag } of audience.mergeFields) merge[tag] = contact.mergeValues[tag] ?? '';
  const hash = subscriberHash(contact.email);
  return {
    id: hash,
    email_address: contact.email,
    unique_email_id: contact.contactId.slice(0, 10),
    contact_id: contact.contactId,
    full_name: `${merge.FNAME ?? ''} ${merge.LNAME ?? ''}`.trim(),
    web_id: contact.webId,
    email_type: 'html',
    status: contact.status,
    merge_fields: merge,
    language: '',
    vip: false,
    timestamp_signup: contact.signedUpAt,
    timestamp_opt: contact.signedUpAt,
    last_changed: contact.changedAt,
    source: 'API - Generic',
    tags_count: contact.tags.size,
    // A member shows 50 tags at most; the tags resource shows them all.
    tags: tagViews(audience, contact).slice(0, 50),
    list_id: audience.id,
    ...contact.extras,
    _links: [],
  };
}

/** A contact's tags with the ids of their segments. */
export function tagViews(audience: Audience, contact: Contact): { id: number; name: string; date_added: string }[] {
  return [...contact.tags].map(([name, added]) => ({ id: tagSegment(audience, name).id, name, date_added: added }));
}

/** A page out of a collection, from the request's `count` (10 unless told, 1000 at most) and `offset`. */
export function page<T>(all: readonly T[], query: URLSearchParams): T[] {
  const offset = Number(query.get('offset') ?? 0);
  return all.slice(offset, offset + Number(query.get('count') ?? 10));
}
