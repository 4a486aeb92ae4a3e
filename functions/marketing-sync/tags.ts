import type { Booking } from '../../shared/booking/booking.ts';
import { localDate } from '../../shared/booking/zoned-time.ts';
import type { GuestView } from '../../shared/sink/sink.ts';
import type { Segment } from '../../shared/understanding/understanding.ts';
import { cleanText } from './clean-text.ts';
import type { TagChange } from './mailchimp/mailchimp.ts';

/** Bytes of a tag's name; Mailchimp takes 100 characters. */
const TAG_BYTES = 100;
/** The activities a guest has booked most; a concierge books all there are. */
const ACTIVITIES = 20;

const SEGMENT = 'segment:';

/** Whether a tag is one that says a segment: the one that is driven by AI. */
export const isSegmentTag = (tag: string): boolean => tag.startsWith(SEGMENT);

/**
 * The tags that hold for the guest now: `activity:<item>` of bookings that stand, `segment:<x>` and `stage:<x>`.
 * @param bookings those at hand: only they tell when a tour ends.
 * @param segment as far as it may be shown.
 */
export function tagsOf(
  { profile }: Pick<GuestView, 'profile'>,
  { bookings, segment }: { readonly bookings: readonly Booking[]; readonly segment: Segment | undefined },
  now: Date,
): string[] {
  const activities = profile.favouriteItems
    .slice(0, ACTIVITIES)
    .map((item) => cleanText(item, TAG_BYTES - 'activity:'.length))
    .filter((item) => item !== '');
  const stage = stageOf(profile, bookings, now);
  const tags = [
    ...activities.map((item) => `activity:${item}`),
    ...(segment === undefined ? [] : [`${SEGMENT}${segment}`]),
    ...(stage === undefined ? [] : [`stage:${stage}`]),
  ];
  return [...new Set(tags)];
}

/** Where the guest is with us; undefined where no tour has a time, or all that is known was rebooked away. */
function stageOf(
  { nextTour, lastTour, bookings: standing, cancellations }: GuestView['profile'],
  bookings: readonly Booking[],
  now: Date,
): 'on tour' | 'upcoming' | 'past' | 'cancelled' | undefined {
  if (bookings.some((booking) => isOnTour(booking, now))) return 'on tour';
  if (nextTour !== null) return 'upcoming';
  if (lastTour !== null) return 'past';
  return standing === 0 && cancellations > 0 ? 'cancelled' : undefined;
}

/** Between start and end; a tour without an end lasts its day. */
function isOnTour({ status, availability: { startAt, endAt } }: Booking, now: Date): boolean {
  const instant = now.toISOString();
  if (status !== 'booked' || startAt === null || startAt.instant > instant) return false;
  if (endAt !== null) return instant < endAt.instant;
  return localDate({ instant, offsetMinutes: startAt.offsetMinutes }) === localDate(startAt);
}

/**
 * What to change so that of all tags we ever wrote only `wanted` are there. Tags of others are never touched.
 *
 * @param written the tags we wrote, or may have written.
 * @param isCertain false when an earlier write may not have arrived: then all is written again.
 */
export function tagChanges(written: readonly string[], wanted: readonly string[], isCertain: boolean): TagChange[] {
  const missing = isCertain ? wanted.filter((name) => !written.includes(name)) : wanted;
  const gone = written.filter((name) => !wanted.includes(name));
  return [
    ...gone.map((name): TagChange => ({ name, status: 'inactive' })),
    ...missing.map((name): TagChange => ({ name, status: 'active' })),
  ];
}
