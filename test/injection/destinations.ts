import type { Part } from '../../functions/crm-sync/salesforce/composite.ts';
import { salesforceSink } from '../../functions/crm-sync/salesforce-sink.ts';
import type { Audience } from '../../functions/marketing-sync/mailchimp/audiences.ts';
import { mailchimpSink } from '../../functions/marketing-sync/mailchimp-sink.ts';
import type { BookingSummary } from '../../shared/guest/booking-summary.ts';
import { profileOf } from '../../shared/guest/profile.ts';
import { totalsOf } from '../../shared/guest/totals.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { CompanySettings } from '../../shared/settings/settings.ts';
import type { SyncTask } from '../../shared/sink/sink.ts';
import { allowed } from '../unit/acts/automatic.ts';
import { listening } from '../unit/shared/quiet.ts';
import { NOW } from './booked.ts';

/** Everything that went out, by what it was written to: `Contact.Email`, `case0.Subject`, `event0.booking_created`. */
export type Sent = Readonly<Record<string, unknown>>;

/** What both destinations are sent for a booking that they see for the first time, by the sinks themselves. */
export async function send(
  record: BookingRecord,
  rows: readonly BookingSummary[],
  settings: CompanySettings,
): Promise<Sent> {
  const sent: Record<string, unknown> = {};
  const task: SyncTask = {
    record,
    guest: {
      key: record.guestKey,
      company: record.company,
      profile: profileOf(totalsOf(rows, NOW.toISOString()), NOW.toISOString()),
      kept: undefined,
      latest: record,
    },
    sale: { key: record.uuid, chain: [record] },
    settings,
    ...allowed,
    keep: async () => {},
    beginOnce: async () => {},
    begunBefore: false,
    begunAt: [],
    holdsGuest: async () => true,
  };
  await salesforceSink({ within: () => emptyOrg(sent) }).sync(task);
  const { log } = listening();
  await mailchimpSink({ audienceOf: async () => emptyAudience(sent), log, now: () => NOW }).sync(task);
  return sent;
}

/** An org that holds nobody and takes all it is sent. */
function emptyOrg(sent: Record<string, unknown>) {
  return async (_company: string, parts: readonly Part[]) => {
    for (const { referenceId, method, url, body } of parts) {
      if (method === 'GET') continue;
      // A Case's key holds a digest of the words.
      sent[`${referenceId}.`] = referenceId.startsWith('case') ? url.split('/').at(-2) : url;
      for (const [field, value] of Object.entries(body ?? {})) sent[`${referenceId}.${field}`] = value;
    }
    return new Map(
      parts.map(({ referenceId, method }) => [referenceId, method === 'GET' ? { records: [] } : { id: referenceId }]),
    );
  };
}

/** An audience that knows nobody. */
function emptyAudience(sent: Record<string, unknown>): Audience {
  let events = 0;
  const member = { id: 'member', status: 'subscribed' };
  return {
    doubleOptIn: async () => false,
    readDoubleOptIn: async () => false,
    readMember: async () => undefined,
    async writeMember(at, { merge_fields, ...body }) {
      for (const [field, value] of Object.entries(merge_fields)) sent[`member.${field}`] = value;
      sent['member.'] = [at, body];
      return { kind: 'written', member };
    },
    addMembers: async () => new Map(),
    updateMembers: async () => new Map(),
    async unsubscribe(email) {
      sent['member.unsubscribe'] = email;
    },
    async writeTags(email, tags, about) {
      sent['member.tags'] = [email, tags, about];
      return true;
    },
    async sendEvent(email, { name, properties }) {
      sent[`event${events}.${name}`] = [email, properties];
      events += 1;
    },
    readEventKeys: async () => new Set(),
  };
}
