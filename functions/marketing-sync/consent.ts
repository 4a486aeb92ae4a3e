import type { RecordedChange } from '../../shared/booking/changes.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { StatusIfNew } from './mailchimp/member-body.ts';

/** States of a contact in which it may still be sent something, so that taking consent back must change it. */
const REACHABLE = ['subscribed', 'pending', 'transactional'];
/** States in which marketing e-mail is, or may soon be, sent. */
const MARKETED = ['subscribed', 'pending'];

/**
 * What a contact new to the audience becomes. One that exists keeps its state, whatever a booking says: Mailchimp's
 * `status` is only ever written to unsubscribe.
 *
 * @param withdrawn consent was taken back on the booking: that is remembered even where there was no contact.
 * @param doubleOptIn whether the audience asks new contacts to confirm; only asked for where it counts.
 */
export async function statusIfNew(
  consent: boolean,
  withdrawn: boolean,
  doubleOptIn: () => Promise<boolean>,
): Promise<StatusIfNew> {
  if (withdrawn) return 'unsubscribed';
  if (!consent) return 'transactional';
  return (await doubleOptIn()) ? 'pending' : 'subscribed';
}

/** Consent was taken back on this booking since the last sync, and not given again since. */
export function isWithdrawn({ booking }: BookingRecord, fresh: readonly RecordedChange[]): boolean {
  return !booking.contact.emailConsent && fresh.some(({ change }) => change.kind === 'consent_withdrawn');
}

/** Whether a contact in this state must be unsubscribed when consent is taken back; archived and bounced ones stay so. */
export function canBeUnsubscribed(status: string): boolean {
  return REACHABLE.includes(status);
}

/**
 * Whether journey events are sent to a contact in this state. Journeys reach nobody else, and what somebody books who
 * did not agree is not told to a marketing tool.
 */
export function receivesEvents(status: string): boolean {
  return MARKETED.includes(status);
}

/**
 * Whether a contact must stay at its old address while the guest has a new one. A subscriber is not moved to an
 * address that never agreed; a bounced contact cannot be revived by moving it.
 */
export function staysBehind(status: string, consent: boolean, withdrawn: boolean): boolean {
  return status === 'cleaned' || (MARKETED.includes(status) && !consent && !withdrawn);
}
