import { standOf } from '../../shared/acts/decide.ts';
import type { RecordedChange } from '../../shared/booking/changes.ts';
import type { Log } from '../../shared/observability/logger.ts';
import { isHistory, toldThrough } from '../../shared/records/attention.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { Sink, SyncTask } from '../../shared/sink/sink.ts';
import { isWithdrawn, receivesEvents } from './consent.ts';
import { eventsFor, OFFER_EVENT } from './events.ts';
import { syncGuest } from './guest-sync.ts';
import { readKept } from './kept.ts';
import { leaveMember } from './left-member.ts';
import { type Audience, type AudienceOf, TASK_MS } from './mailchimp/audiences.ts';
import { type Member, subscriberHash } from './mailchimp/mailchimp.ts';
import { noteActs } from './written-acts.ts';

export interface MailchimpSinkDeps {
  readonly audienceOf: AudienceOf;
  readonly log: Log;
  readonly now: () => Date;
}

/** The destination Mailchimp: the guest is a member with merge fields and tags, a booking's changes are events. */
export function mailchimpSink({ audienceOf, log, now }: MailchimpSinkDeps): Sink {
  return {
    name: SINK,
    worstCaseMs: TASK_MS,

    async sync(task) {
      const { record, guest, settings, policies } = task;
      if (!settings.mailchimp.enabled) return {};
      const audience = await audienceOf(record.company);
      const fresh = freshChanges(record);
      const outcome = await syncGuest({
        guest,
        policies,
        current: record.booking,
        bookings: [record, guest.latest, ...task.sale.chain].map(({ booking }) => booking),
        withdrawn: isWithdrawn(record, fresh),
        audience,
        keep: task.keep,
        now: now(),
        about: isHistory(record) ? 'history' : 'news',
      });
      if (outcome.kind !== 'written') {
        log.info('mailchimp.unwritten', { uuid: record.uuid, version: record.version, outcome: outcome.kind });
        return {};
      }
      noteActs(task, outcome.member);
      if (settings.mailchimp.events && receivesEvents(outcome.member.status)) {
        await sendEvents(task, allowedAmong(newsAmong(fresh, record), task), { audience, email: outcome.email });
      }
      return linksOf(outcome.member);
    },

    async refresh(task) {
      const { guest, settings, policies, keep } = task;
      if (!settings.mailchimp.enabled || guest.kept === undefined) return;
      const audience = await audienceOf(guest.company);
      const bookings = [guest.latest.booking];
      const about = isHistory(guest.latest) ? 'history' : 'news';
      const outcome = await syncGuest({
        guest,
        policies,
        bookings,
        withdrawn: false,
        audience,
        keep,
        now: now(),
        about,
      });
      if (outcome.kind === 'written') noteActs(task, outcome.member);
      else log.info('mailchimp.unwritten', { guestKey: guest.key, outcome: outcome.kind });
    },

    async leave({ guest, settings, policies, keep }) {
      const kept = readKept(guest.kept);
      if (!settings.mailchimp.enabled || kept.email === undefined) return;
      await leaveMember(await audienceOf(guest.company), { kept, email: kept.email, policies, keep });
    },
  };
}

export const SINK = 'marketing';

/** The changes since the version that Mailchimp holds, a parked one and history included. */
export function freshChanges({ changes, sync }: BookingRecord): RecordedChange[] {
  const held = sync[SINK]?.version ?? 0;
  return changes.filter(({ version }) => version > held);
}

/** Those among them that may be told to the guest. */
function newsAmong(fresh: readonly RecordedChange[], record: BookingRecord): RecordedChange[] {
  const told = toldThrough(record, SINK);
  return fresh.filter(({ version }) => version > told);
}

/** Without offers that must not be told of any more. What is a fact of the booking is always told. */
function allowedAmong(news: readonly RecordedChange[], { record, policies }: SyncTask): RecordedChange[] {
  const { does } = standOf('event', record, policies);
  return news.filter(({ change }) => {
    if (change.kind !== 'upsell_recommended') return true;
    return does === 'write' || (does === 'review' && change.approved);
  });
}

/**
 * Sends each event once. Mailchimp has no key for events: a try notes itself before the first one, and a try that
 * finds such a note first reads which events have arrived, also where the guest's address was another one then.
 */
async function sendEvents(
  { record, sale, begunBefore, begunAt, beginOnce, wrote }: SyncTask,
  fresh: readonly RecordedChange[],
  { audience, email }: { readonly audience: Audience; readonly email: string },
): Promise<void> {
  const predecessor = sale.chain.find(({ uuid }) => uuid === record.booking.rebookedFrom)?.booking;
  const events = eventsFor(record, fresh, predecessor);
  if (events.length === 0) return;
  const here = subscriberHash(email);
  const arrived = new Set<string>();
  for (const place of begunBefore ? new Set([here, ...begunAt]) : []) {
    for (const key of await audience.readEventKeys(place)) arrived.add(key);
  }
  await beginOnce(here);
  for (const event of events) {
    if (!arrived.has(event.properties.event_key)) await audience.sendEvent(email, event);
    if (event.name === OFFER_EVENT) wrote('event', record.uuid, `event ${event.properties.event_key}`);
  }
}

export function linksOf({ id, web_id: webId }: Member): Record<string, string> {
  return { member: id, ...(webId !== undefined && { contactPage: String(webId) }) };
}
