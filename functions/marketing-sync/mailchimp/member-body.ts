/** What Mailchimp lets us set. `subscribed` is never set on a contact that exists: an unsubscribe is theirs to undo. */
export type StatusIfNew = 'subscribed' | 'pending' | 'transactional' | 'unsubscribed';

export interface MemberBody {
  readonly email_address: string;
  /** Counts only where the audience has no such contact. */
  readonly status_if_new: StatusIfNew;
  readonly merge_fields: Readonly<Record<string, string | number>>;
}

/** A member as many are sent at once: with the status of a new one, or without any. */
export interface BulkMember extends Omit<MemberBody, 'status_if_new'> {
  readonly status?: StatusIfNew;
}
