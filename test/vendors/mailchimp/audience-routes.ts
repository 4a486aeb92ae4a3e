import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Route, VendorReply } from '../server.ts';
import { type Account, type Checked, route } from './account.ts';
import { type Audience, FIRST_SEGMENT_ID, type ListWebhook, type Segment } from './audience.ts';
import { page } from './member-view.ts';
import type { MergeField } from './merge-values.ts';
import { answersGet } from './outgoing.ts';
import { invalid, notFound } from './problem.ts';

export const MERGE_FIELDS = 30;
export const MERGE_TAG_LENGTH = 10;

const mergeFieldBody = z.object({
  name: z.string(),
  tag: z.string().optional(),
  type: z
    .enum(['text', 'number', 'address', 'phone', 'date', 'url', 'imageurl', 'radio', 'dropdown', 'birthday', 'zip'])
    .default('text'),
  required: z.boolean().optional(),
  default_value: z.string().optional(),
  public: z.boolean().optional(),
  display_order: z.int().optional(),
  help_text: z.string().optional(),
  options: z.object({ choices: z.array(z.string()).optional(), phone_format: z.string().optional() }).optional(),
});
const segmentBody = z.object({
  name: z.string(),
  static_segment: z.array(z.string()).optional(),
  options: z.object({ match: z.enum(['any', 'all']), conditions: z.array(z.looseObject({})) }).optional(),
});
/** The one kind of condition taken here: a text or number merge field held against a value. */
const conditionBody = z.object({
  condition_type: z.literal('TextMerge'),
  field: z.string(),
  op: z.enum(['is', 'not', 'contains', 'notcontain', 'starts', 'ends', 'greater', 'less', 'blank', 'blank_not']),
  value: z.string(),
});
const webhookBody = z.object({
  url: z.string().optional(),
  events: z.record(z.string(), z.boolean()).optional(),
  sources: z.record(z.string(), z.boolean()).optional(),
});

/** The audience itself, its merge fields, segments and webhooks. */
export function audienceRoutes(account: Account): Route[] {
  return [
    route(account, 'list.get', ({ audience }) => ({ status: 200, body: listView(audience) })),
    route(account, 'merge-field.list', (checked) => listed(checked, 'merge_fields', checked.audience.mergeFields)),
    route(account, 'merge-field.post', postMergeField),
    route(account, 'merge-field.patch', patchMergeField),
    route(account, 'segment.list', (checked) => {
      const type = checked.request.query.get('type');
      const wanted = checked.audience.segments.filter((segment) => type === null || segment.type === type);
      return listed(
        checked,
        'segments',
        wanted.map((segment) => segmentView(checked.audience, segment)),
      );
    }),
    route(account, 'segment.post', postSegment),
    route(account, 'webhook.list', (checked) => listed(checked, 'webhooks', checked.audience.webhooks)),
    route(account, 'webhook.post', postWebhook),
    route(account, 'webhook.patch', patchWebhook),
  ];
}

function listed({ audience, request }: Checked, name: string, all: readonly unknown[]): VendorReply {
  const body = { [name]: page(all, request.query), list_id: audience.id, total_items: all.length, _links: [] };
  return { status: 200, body };
}

function listView(audience: Audience): Readonly<Record<string, unknown>> {
  const contacts = [...audience.contacts.values()];
  const count = (status: string): number => contacts.filter((contact) => contact.status === status).length;
  return {
    id: audience.id,
    name: `Audience ${audience.id}`,
    double_optin: audience.doubleOptIn,
    marketing_permissions: false,
    has_welcome: false,
    stats: {
      member_count: count('subscribed'),
      unsubscribe_count: count('unsubscribed'),
      cleaned_count: count('cleaned'),
      merge_field_count: audience.mergeFields.length,
    },
    _links: [],
  };
}

function postMergeField({ audience, body }: Checked): VendorReply {
  const { options = {}, ...given } = mergeFieldBody.parse(body);
  const id = Math.max(0, ...audience.mergeFields.map(({ merge_id }) => merge_id)) + 1;
  const field: MergeField = {
    merge_id: id,
    name: given.name,
    tag: (given.tag ?? `MMERGE${id}`).toUpperCase(),
    type: given.type,
    required: given.required ?? false,
    default_value: given.default_value ?? '',
    public: given.public ?? false,
    display_order: given.display_order ?? id + 1,
    help_text: given.help_text ?? '',
    options,
  };
  if (audience.mergeFields.length >= MERGE_FIELDS) {
    throw invalid(`This audience has ${MERGE_FIELDS} merge fields, as many as its plan allows.`);
  }
  requireTag(audience, field);
  audience.mergeFields.push(field);
  return { status: 200, body: field };
}

function patchMergeField({ audience, body, request }: Checked): VendorReply {
  const index = audience.mergeFields.findIndex(({ merge_id }) => String(merge_id) === request.params.mergeId);
  const before = audience.mergeFields[index];
  if (before === undefined) throw notFound();
  // The type of a merge field is fixed when it is made.
  const { type: _fixed, options, ...given } = mergeFieldBody.parse(body);
  const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const field: MergeField = { ...before, ...changed, ...(options && { options }) };
  requireTag(audience, field);
  audience.mergeFields[index] = field;
  return { status: 200, body: field };
}

function requireTag(audience: Audience, { tag, merge_id }: MergeField): void {
  if (tag.length > MERGE_TAG_LENGTH || !/^\w+$/.test(tag)) {
    throw invalid('Your merge fields were invalid.', [
      { field: 'tag', message: `A merge tag has up to ${MERGE_TAG_LENGTH} letters, digits or underscores.` },
    ]);
  }
  if (audience.mergeFields.some((other) => other.tag === tag && other.merge_id !== merge_id)) {
    throw invalid(`A Merge Field with the tag "${tag}" already exists for this list.`);
  }
}

function postSegment({ audience, body }: Checked): VendorReply {
  const { name, static_segment: members, options } = segmentBody.parse(body);
  const type = members === undefined ? 'saved' : 'static';
  if (type === 'saved') requireConditions(audience, options?.conditions ?? []);
  if (audience.segments.some((segment) => segment.name === name && segment.type === type)) {
    throw invalid(type === 'static' ? 'Sorry, that tag already exists.' : 'Sorry, that segment already exists.');
  }
  const id = FIRST_SEGMENT_ID + audience.segments.length;
  const now = new Date().toISOString();
  const segment: Segment = { id, name, type, created_at: now, ...(options !== undefined && { options }) };
  audience.segments.push(segment);
  for (const contact of audience.contacts.values()) {
    if (members?.some((email) => email.toLowerCase() === contact.email.toLowerCase())) contact.tags.set(name, now);
  }
  return { status: 200, body: segmentView(audience, segment) };
}

function requireConditions(audience: Audience, conditions: readonly unknown[]): void {
  if (conditions.length === 0) throw invalid('A saved segment needs conditions.');
  for (const [at, condition] of conditions.entries()) {
    const read = conditionBody.safeParse(condition);
    const field = audience.mergeFields.find(({ tag }) => tag === read.data?.field);
    if (read.success && (field?.type === 'text' || field?.type === 'number')) continue;
    const message = read.success
      ? `There is no text or number merge field "${read.data.field}".`
      : 'Data did not match any of the schemas described in anyOf.';
    throw invalid('The resource submitted could not be validated.', [{ field: `options.conditions.${at}`, message }]);
  }
}

function segmentView(audience: Audience, segment: Segment): Readonly<Record<string, unknown>> {
  // Conditions of a saved segment are kept, not evaluated: its count is not known here.
  const count = audience.contacts.values().filter((contact) => contact.tags.has(segment.name));
  return {
    ...segment,
    list_id: audience.id,
    member_count: segment.type === 'static' ? [...count].length : 0,
    updated_at: segment.created_at,
    _links: [],
  };
}

async function postWebhook({ audience, body }: Checked): Promise<VendorReply> {
  const { url = '', events = {}, sources = {} } = webhookBody.parse(body);
  await requireUrl(url);
  if (audience.webhooks.some((webhook) => webhook.url === url)) {
    throw invalid('Sorry, you can’t set up multiple WebHooks for one URL');
  }
  const webhook: ListWebhook = { id: randomBytes(5).toString('hex'), url, events, sources };
  audience.webhooks.push(webhook);
  return { status: 200, body: { ...webhook, list_id: audience.id, _links: [] } };
}

async function patchWebhook({ audience, body, request }: Checked): Promise<VendorReply> {
  const index = audience.webhooks.findIndex(({ id }) => id === request.params.webhookId);
  const before = audience.webhooks[index];
  if (before === undefined) throw notFound();
  const { url = before.url, events, sources } = webhookBody.parse(body);
  if (url !== before.url) await requireUrl(url);
  const webhook = {
    ...before,
    url,
    events: { ...before.events, ...events },
    sources: { ...before.sources, ...sources },
  };
  audience.webhooks[index] = webhook;
  return { status: 200, body: { ...webhook, list_id: audience.id, _links: [] } };
}

async function requireUrl(url: string): Promise<void> {
  if (URL.canParse(url) && /^https?:/.test(url) && (await answersGet(url))) return;
  throw invalid('The resource submitted could not be validated.', [
    { field: 'url', message: 'We can’t use this URL: it has to be a full http(s) address that answers a GET.' },
  ]);
}
