import { shownOf } from '../../shared/acts/shown.ts';
import type { SyncTask } from '../../shared/sink/sink.ts';
import type { Member } from './mailchimp/mailchimp.ts';

/** Notes which of what is driven by AI now stands with the member, and as decided for which booking. */
export function noteActs(
  { guest, policies, wrote }: Pick<SyncTask, 'guest' | 'policies' | 'wrote'>,
  { id, status }: Pick<Member, 'id' | 'status'>,
): void {
  const { segment, tag } = shownOf(guest.latest, policies);
  const { uuid } = guest.latest;
  if (segment !== undefined) wrote('segment', uuid, `member ${id}`);
  // An archived contact's tags are left alone.
  if (tag !== undefined && status !== 'archived') wrote('tag', uuid, `member ${id}`);
}
