import { type Audience, remember } from './audience.ts';
import type { Contact } from './contact.ts';

/**
 * Begins the automations that listen for a trigger, such as `event:booking_created` or `tag:stage:upcoming`.
 * None begins for a quiet write (`is_syncing`), nor for a contact who is not subscribed: automations send marketing.
 *
 * @param listening the names of events and tags, without prefix, that begin an automation in this account.
 */
export function startJourneys(
  audience: Audience,
  contact: Contact,
  trigger: `event:${string}` | `tag:${string}`,
  listening: ReadonlySet<string>,
  quiet: boolean,
): void {
  const name = trigger.slice(trigger.indexOf(':') + 1);
  if (quiet || contact.status !== 'subscribed' || !listening.has(name)) return;
  remember(audience.journeys, { at: new Date().toISOString(), email: contact.email, trigger });
}
