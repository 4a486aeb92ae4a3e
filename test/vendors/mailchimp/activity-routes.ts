import * as z from 'zod';
import type { Route, VendorReply } from '../server.ts';
import { type Account, type Checked, requireContact, route } from './account.ts';
import { tagSegment } from './audience.ts';
import { startJourneys } from './journeys.ts';
import { page, tagViews } from './member-view.ts';
import { commit, notice } from './member-write.ts';
import { invalidFields } from './problem.ts';
import { passes } from './request-rules.ts';

const tagsBody = z.object({
  tags: z.array(z.object({ name: z.string(), status: z.enum(['active', 'inactive']) })),
  is_syncing: z.boolean().optional(),
});
const eventBody = z.object({
  name: z.string(),
  properties: z.record(z.string(), z.string()).optional(),
  is_syncing: z.boolean().optional(),
  occurred_at: z.string().optional(),
});

/** Tags and events of a member: what begins automations. */
export function activityRoutes(account: Account): Route[] {
  return [
    route(account, 'tags.get', (checked) => {
      const tags = tagViews(checked.audience, requireContact(checked));
      return { status: 200, body: { tags: page(tags, checked.request.query), total_items: tags.length, _links: [] } };
    }),
    route(account, 'tags.post', (checked) => postTags(account, checked)),
    route(account, 'events.get', (checked) => {
      const newestFirst = requireContact(checked)
        .events.map(({ name, properties, occurred_at }) => ({ name, properties, occurred_at }))
        .reverse();
      const events = page(newestFirst, checked.request.query);
      return { status: 200, body: { events, total_items: newestFirst.length, _links: [] } };
    }),
    route(account, 'events.post', (checked) => postEvent(account, checked)),
  ];
}

function postTags(account: Account, checked: Checked): VendorReply {
  const { audience, body } = checked;
  const contact = requireContact(checked);
  if (!passes('tags.post', body)) {
    notice(
      audience,
      contact.email,
      'tags-shape-ignored',
      'expected {tags: [{name, status}]}; answered 204, did nothing',
    );
    return { status: 204 };
  }
  const { tags, is_syncing: quiet = false } = tagsBody.parse(body);
  const now = new Date().toISOString();
  for (const { name, status } of tags) {
    if (status === 'inactive') {
      contact.tags.delete(name);
    } else if (!contact.tags.has(name)) {
      contact.tags.set(name, now);
      tagSegment(audience, name);
      startJourneys(audience, contact, `tag:${name}`, account.journeys, quiet);
    }
  }
  contact.changedAt = now;
  commit(audience, 'tags.post', contact, { tags, is_syncing: quiet });
  return { status: 204 };
}

function postEvent(account: Account, checked: Checked): VendorReply {
  const { audience } = checked;
  const contact = requireContact(checked);
  const { name, properties = {}, is_syncing: quiet = false, occurred_at } = eventBody.parse(checked.body);
  const length = [...name].length;
  if (length < 2 || length > 30) {
    throw invalidFields([{ field: 'name', message: 'An event name has between 2 and 30 characters.' }]);
  }
  const at = occurred_at ?? new Date().toISOString();
  contact.events.push({ name, properties, occurred_at: at, is_syncing: quiet });
  startJourneys(audience, contact, `event:${name}`, account.journeys, quiet);
  commit(audience, 'events.post', contact, { name, properties, is_syncing: quiet });
  return { status: 204 };
}
