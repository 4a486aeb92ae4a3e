import type { Action } from '../../shared/acts/act.ts';
import { shownOf } from '../../shared/acts/shown.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { SyncTask } from '../../shared/sink/sink.ts';

/** What is shown about a guest, and what at the opportunity. */
const AT_GUEST = ['score', 'segment'] as const satisfies readonly Action[];
const AT_SALE = ['score', 'segment', 'route', 'summary'] as const satisfies readonly Action[];

/** Where the records stand by now; undefined where Salesforce did not say. */
export interface Places {
  readonly contact?: string | undefined;
  readonly opportunity?: string | undefined;
}

/**
 * Notes which of what is driven by AI now stands in Salesforce, and as decided for which booking.
 * @param current the booking that says what the sale is now; none where only the guest was written.
 */
export function noteActs(
  { guest, policies, wrote }: Pick<SyncTask, 'guest' | 'policies' | 'wrote'>,
  { contact, opportunity }: Places,
  current?: BookingRecord,
): void {
  const note = (record: BookingRecord, actions: readonly (typeof AT_SALE)[number][], place: string): void => {
    const shown = shownOf(record, policies);
    for (const action of actions) if (shown[action] !== undefined) wrote(action, record.uuid, place.trim());
  };
  note(guest.latest, AT_GUEST, `Contact ${contact ?? ''}`);
  if (current !== undefined) note(current, AT_SALE, `Opportunity ${opportunity ?? ''}`);
}
