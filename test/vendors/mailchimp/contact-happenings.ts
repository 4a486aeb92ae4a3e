import * as z from 'zod';
import type { Route } from '../server.ts';
import { type Audience, findContact } from './audience.ts';
import { type Contact, subscriberHash } from './contact.ts';
import { announceRename, commit, createContact, rename } from './member-write.ts';
import { announce } from './outgoing.ts';

const happeningSchema = z.discriminatedUnion('happening', [
  z.object({ happening: z.literal('unsubscribed'), email: z.string() }),
  z.object({ happening: z.literal('cleaned'), email: z.string() }),
  z.object({ happening: z.literal('confirmed'), email: z.string() }),
  z.object({ happening: z.literal('under-review'), email: z.string() }),
  z.object({ happening: z.literal('archived'), email: z.string() }),
  z.object({ happening: z.literal('erased'), email: z.string() }),
  z.object({ happening: z.literal('email-changed'), email: z.string(), newEmail: z.string() }),
]);
/** What guests and Mailchimp's own people do to a contact, beside the API. */
export type ContactHappening = z.infer<typeof happeningSchema>;

/** `POST /_contacts {"happening", "email"}` lets a person or another process make it happen. No key needed. */
export function contactRoute(audience: (id?: string) => Audience): Route {
  return {
    name: 'contacts',
    method: 'POST',
    pattern: '/_contacts',
    handle: (request) => {
      const parsed = happeningSchema.safeParse(request.json());
      if (!parsed.success) return { status: 400, body: { error: z.prettifyError(parsed.error) } };
      const target = audience(request.query.get('audience') ?? undefined);
      if (findContact(target, parsed.data.email) === undefined) {
        return { status: 404, body: { error: 'no such contact' } };
      }
      happen(target, parsed.data);
      return { status: 204 };
    },
  };
}

/**
 * Makes it happen, and tells the webhooks that listen.
 *
 * @throws Error where the contact does not exist: a test that names the wrong one is mistaken.
 */
export function happen(audience: Audience, happening: ContactHappening): void {
  const contact = findContact(audience, happening.email);
  if (contact === undefined) throw new Error(`the audience has no contact ${happening.email}`);
  apply(audience, contact, happening);
  contact.changedAt = new Date().toISOString();
  commit(audience, `guest:${happening.happening}`, contact, {});
}

function apply(audience: Audience, contact: Contact, happening: ContactHappening): void {
  switch (happening.happening) {
    case 'unsubscribed':
      contact.status = 'unsubscribed';
      announce(audience, 'user', 'unsubscribe', contact, { action: 'unsub', reason: 'manual' });
      break;
    case 'cleaned':
      contact.status = 'cleaned';
      announce(audience, 'mailchimp', 'cleaned', contact, { reason: 'hard' });
      break;
    case 'confirmed':
      contact.status = 'subscribed';
      contact.underReview = false;
      announce(audience, 'user', 'subscribe', contact);
      break;
    case 'under-review':
      contact.underReview = true;
      break;
    case 'archived':
      if (contact.status !== 'archived') contact.statusBeforeArchive = contact.status;
      contact.status = 'archived';
      break;
    case 'erased':
      audience.contacts.delete(subscriberHash(contact.email));
      audience.erased.add(subscriberHash(contact.email));
      break;
    case 'email-changed': {
      const oldEmail = contact.email;
      rename(audience, contact, happening.newEmail);
      announceRename(audience, 'user', contact, oldEmail);
      break;
    }
  }
}

/** Adds a contact without the checks of the API. */
export function seedContact(
  audience: Audience,
  email: string,
  given: Partial<Pick<Contact, 'status' | 'mergeValues'>> = {},
): Contact {
  const rules = {
    operation: 'seed',
    skipMergeValidation: true,
    throttled: new Set<string>(),
    journeys: new Set<string>(),
  };
  const contact = createContact(audience, { email_address: email, extras: {} }, 'transactional', rules);
  contact.status = given.status ?? 'subscribed';
  contact.mergeValues = given.mergeValues ?? {};
  return contact;
}
