import type { Policies } from '../../shared/acts/policies.ts';
import { shownOf } from '../../shared/acts/shown.ts';
import type { Booking } from '../../shared/booking/booking.ts';
import { PermanentError } from '../../shared/errors/errors.ts';
import type { GuestView } from '../../shared/sink/sink.ts';
import { type Addressee, addresseeOf } from './addressee.ts';
import { canBeUnsubscribed, statusIfNew, staysBehind } from './consent.ts';
import { type Kept, readKept, withTombstone } from './kept.ts';
import type { Audience } from './mailchimp/audiences.ts';
import { type Member, subscriberHash, type WriteOutcome } from './mailchimp/mailchimp.ts';
import type { MemberBody } from './mailchimp/member-body.ts';
import { mergeFieldsOf } from './merge-fields.ts';
import { isSegmentTag, tagChanges, tagsOf } from './tags.ts';

export interface GuestSync {
  readonly guest: GuestView;
  /** How far what is driven by AI may go. */
  readonly policies: Policies;
  /** The booking being synced; none where only the guest is refreshed. */
  readonly current?: Booking;
  /** All bookings at hand, for the tour's stage. */
  readonly bookings: readonly Booking[];
  /** Consent was taken back on the current booking. */
  readonly withdrawn: boolean;
  readonly audience: Audience;
  readonly keep: (kept: Kept) => Promise<void>;
  readonly now: Date;
  /** History starts no automation. */
  readonly about: 'news' | 'history';
}

/** Why nothing, or not all, was written. All are normal outcomes. */
export type GuestOutcome =
  | { readonly kind: 'written'; readonly email: string; readonly member: Member }
  | { readonly kind: 'no-address' | 'forgotten' | 'in-compliance-state' };

/**
 * Makes the member and its tags equal to what we know about the guest, at the guest's current address.
 * @throws RetryableError, PermanentError
 */
export async function syncGuest(sync: GuestSync): Promise<GuestOutcome> {
  const kept = readKept(sync.guest.kept);
  const to = addresseeOf(sync.guest.latest.booking, sync.current, kept.email);
  if (to === undefined) return { kind: 'no-address' };
  if (kept.forgotten.includes(subscriberHash(to.email))) return { kind: 'forgotten' };
  const outcome = await writeMember(sync, to, kept);
  if (outcome.kind === 'forgotten') {
    await sync.keep(withTombstone(kept, subscriberHash(to.email), to.email));
    return outcome;
  }
  if (outcome.kind === 'address-taken') throw addressTaken();
  if (outcome.kind === 'in-compliance-state') return outcome;
  const member = sync.withdrawn ? await unsubscribe(sync, to.email, outcome.member) : outcome.member;
  await writeTags(sync, kept, to.email, member);
  return { kind: 'written', email: to.email, member };
}

/** The member as it should be at this address. */
export async function memberBodyOf(
  { audience, withdrawn, guest, policies }: Pick<GuestSync, 'audience' | 'withdrawn' | 'guest' | 'policies'>,
  to: Addressee,
): Promise<MemberBody> {
  return {
    email_address: to.email,
    status_if_new: await statusIfNew(to.consent, withdrawn, audience.doubleOptIn),
    merge_fields: mergeFieldsOf(guest, to.contact, policies),
  };
}

/**
 * Writes the member. A guest whose address changed keeps their contact, with its history, by giving it the new
 * address; unless it must stay behind or the new address is a contact already: then that one is written, and the
 * old one loses our tags, so that no journey goes on there.
 */
async function writeMember(sync: GuestSync, to: Addressee, kept: Kept): Promise<WriteOutcome> {
  const { audience, withdrawn } = sync;
  const body = await memberBodyOf(sync, to);
  const old = kept.email === to.email ? undefined : kept.email;
  const oldMember = old === undefined ? undefined : await audience.readMember(old);
  if (old === undefined || oldMember === undefined) return await audience.writeMember(to.email, body);
  if (!staysBehind(oldMember.status, to.consent, withdrawn)) {
    const moved = await audience.writeMember(old, body);
    if (moved.kind !== 'address-taken') return moved;
  }
  const outcome = await audience.writeMember(to.email, body);
  const ours = tagChanges(kept.tags, [], true);
  if (outcome.kind === 'written' && ours.length > 0) await audience.writeTags(old, ours, sync.about);
  return outcome;
}

/** Unsubscribes the guest's address, and the booking's own where that is another one; brings back neither. */
async function unsubscribe({ audience, current }: GuestSync, email: string, member: Member): Promise<Member> {
  const own = current?.contact.email ?? email;
  const other = own === email ? undefined : await audience.readMember(own);
  if (other !== undefined && canBeUnsubscribed(other.status)) await audience.unsubscribe(own);
  if (!canBeUnsubscribed(member.status)) return member;
  await audience.unsubscribe(email);
  return { ...member, status: 'unsubscribed' };
}

/** What writing the tags needs to know. */
type TagSync = Pick<GuestSync, 'guest' | 'policies' | 'bookings' | 'audience' | 'keep' | 'now' | 'about'>;

/**
 * Writes the tags that changed. The guest's row says beforehand what may be there and afterwards what is, so that a
 * crash between can leave no tag that nobody takes away. An archived contact is left alone, and so is the segment's
 * tag where it must not be written: what it says there stays, and stays noted.
 */
export async function writeTags(sync: TagSync, kept: Kept, email: string, { status }: Member): Promise<void> {
  const { tag: segment } = shownOf(sync.guest.latest, sync.policies);
  const untouched = segment === undefined ? kept.tags.filter(isSegmentTag) : [];
  const sameContact = kept.email === undefined || kept.email === email;
  const isCertain = kept.tagsCertain && sameContact;
  const wanted = tagsOf(sync.guest, { bookings: sync.bookings, segment }, sync.now);
  const ours = kept.tags.filter((tag) => !untouched.includes(tag));
  const changes = tagChanges(ours, wanted, isCertain);
  if (status === 'archived' || changes.length === 0) {
    if (kept.email !== email) await sync.keep({ ...kept, email, tagsCertain: isCertain });
    return;
  }
  await sync.keep({ ...kept, email, tags: [...new Set([...kept.tags, ...wanted])], tagsCertain: false });
  const found = await sync.audience.writeTags(email, changes, sync.about);
  // Whether another contact has the tag that was left alone is not known.
  const tagsCertain = untouched.length === 0 || isCertain;
  if (found) await sync.keep({ ...kept, email, tags: [...untouched, ...wanted], tagsCertain });
}

function addressTaken(): PermanentError {
  return new PermanentError('mailchimp.address-taken', 'Mailchimp has the address under another name than its own', {
    remedy: "look for the guest's address in the audience, merge what is there twice, then repair the booking",
  });
}
