import type { Booking, Contact } from '../../shared/booking/booking.ts';

/** Whom a sync writes to. */
export interface Addressee {
  readonly email: string;
  /** The guest agreed to marketing e-mail to this very address. */
  readonly consent: boolean;
  readonly contact: Contact;
}

/**
 * The guest's address: of the booking made last, else of the booking being synced, else the one last written to (a
 * desk booking without an address still changes what is true about the guest). Consent comes with the address.
 *
 * @param current the booking being synced, where it is not the latest.
 * @param known the address last written to.
 * @returns undefined for a guest who never gave one: a normal outcome.
 */
export function addresseeOf(
  latest: Booking,
  current: Booking | undefined,
  known: string | undefined,
): Addressee | undefined {
  for (const { contact } of current === undefined ? [latest] : [latest, current]) {
    if (contact.email !== null) return { email: contact.email, consent: contact.emailConsent, contact };
  }
  return known === undefined ? undefined : { email: known, consent: false, contact: latest.contact };
}
