import type { Audience } from './audience.ts';
import type { Contact } from './contact.ts';

/** What the account holds, as plain JSON: members by address, of the first audience and of the others. */
export function accountState(first: Audience, others: readonly Audience[]): Readonly<Record<string, unknown>> {
  return { ...audienceState(first), otherAudiences: others.map(audienceState) };
}

function audienceState(audience: Audience): Readonly<Record<string, unknown>> {
  const contacts = [...audience.contacts.values()];
  return {
    audience: audience.id,
    double_optin: audience.doubleOptIn,
    members: Object.fromEntries(contacts.map((contact) => [contact.email, memberState(contact)])),
    erased: audience.erased.size,
    journeys: audience.journeys,
    noticed: audience.noticed,
    mergeFields: audience.mergeFields.map(({ tag, type, required }) => ({ tag, type, required })),
    segments: audience.segments.map(({ name, type }) => ({ name, type })),
    webhooks: audience.webhooks.map(({ url, events, sources }) => ({ url, events, sources })),
    webhookDeliveries: audience.outbox.deliveries,
    history: audience.history,
  };
}

function memberState(contact: Contact): Readonly<Record<string, unknown>> {
  return {
    status: contact.status,
    merge_fields: contact.mergeValues,
    tags: [...contact.tags.keys()],
    events: contact.events,
  };
}
