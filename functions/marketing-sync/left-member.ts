import { clearable } from '../../shared/acts/clearable.ts';
import type { Policies } from '../../shared/acts/policies.ts';
import type { Kept } from './kept.ts';
import type { Audience } from './mailchimp/audiences.ts';
import { tagChanges } from './tags.ts';

export interface LeftMember {
  readonly kept: Kept;
  /** The address last written to. */
  readonly email: string;
  readonly policies: Policies;
  readonly keep: (kept: Kept) => Promise<void>;
}

/**
 * Takes our figures and tags from a member whose bookings all turned out to be somebody else's, so that no journey goes on
 * there. Status and name stay: they are the person's own. Who is no member is not made one, and nothing is started.
 */
export async function leaveMember(audience: Audience, { kept, email, policies, keep }: LeftMember): Promise<void> {
  const { segment } = clearable(policies);
  const merge_fields = {
    BOOKINGS: 0,
    LTV: 0,
    LAST_TOUR: '',
    NEXT_TOUR: '',
    ...(segment && { AI_SEGMENT: '', UPSELL: '', CHURN: '' }),
  };
  await audience.updateMembers([{ email_address: email, merge_fields }]);
  const ours = tagChanges(kept.tags, [], true);
  if (ours.length === 0 || !(await audience.writeTags(email, ours, 'history'))) return;
  await keep({ ...kept, tags: [], tagsCertain: true });
}
