import type { Policies } from '../../shared/acts/policies.ts';
import { shownOf } from '../../shared/acts/shown.ts';
import type { Contact } from '../../shared/booking/booking.ts';
import { toMajorUnits } from '../../shared/booking/money.ts';
import type { GuestView } from '../../shared/sink/sink.ts';
import { cleanText } from './clean-text.ts';

/** The merge tags written, in the audience's terms: at most 10 characters each. */
export type MergeTag =
  | 'FNAME'
  | 'LNAME'
  | 'PHONE'
  | 'AI_SEGMENT'
  | 'UPSELL'
  | 'LAST_TOUR'
  | 'NEXT_TOUR'
  | 'BOOKINGS'
  | 'LTV'
  | 'CHURN';

/**
 * What is shown about the guest. Dates are `YYYY-MM-DD` on the operator's calendar; LTV is in major units of the
 * company's currency (money of another currency has no sum with it).
 *
 * An empty text clears a field; a name or number nobody gave is left out, as the guest may have told Mailchimp. So is
 * what is driven by AI and must not be written.
 */
export function mergeFieldsOf(
  { profile, latest }: GuestView,
  contact: Contact,
  policies: Policies,
): Partial<Record<MergeTag, string | number>> {
  const { segment } = shownOf(latest, policies);
  const { currency } = latest.booking.company;
  const spend = profile.spend.find((money) => money.currency === currency) ?? { amount: 0, currency };
  return {
    ...nameFields(contact.name),
    ...(contact.phone !== null && { PHONE: cleanText(contact.phone) }),
    ...(segment && {
      AI_SEGMENT: segment.segment,
      UPSELL: cleanText(segment.upsell?.name ?? ''),
      CHURN: segment.churnRisk,
    }),
    LAST_TOUR: profile.lastTour ?? '',
    NEXT_TOUR: profile.nextTour ?? '',
    BOOKINGS: profile.bookings,
    LTV: toMajorUnits(spend),
  };
}

/** What mail programs make a link of: whoever books under such a name would have the operator send it. */
const LINK =
  /:\/\/|\bwww\.|[\p{L}\p{N}]\.(?:app|biz|cc|click|co|com|de|dev|es|eu|fr|gg|info|io|jp|link|ly|me|net|online|org|ru|shop|site|to|top|tv|uk|us|xyz)\b|[\p{L}\p{N}]\.[a-z]{2,}\//iu;

/**
 * FareHarbor has one name: its first word greets the guest, "Cruz, Ana" is turned round. A name with a link in it is
 * nobody's, and is left out as if none had been given.
 */
function nameFields(whole: string): { FNAME: string; LNAME: string } | undefined {
  const cleaned = cleanText(whole, Number.POSITIVE_INFINITY);
  // As a mail program may take it: full-width letters and dots make a link, too, and invisible ones hide none.
  if (LINK.test(cleaned.normalize('NFKC').replace(/\p{Cf}/gu, ''))) return undefined;
  const [beforeComma = '', afterComma = '', ...more] = cleaned.split(',');
  const isTurned = more.length === 0 && beforeComma.trim() !== '' && afterComma.trim() !== '';
  const name = isTurned ? `${afterComma.trim()} ${beforeComma.trim()}` : [beforeComma, afterComma, ...more].join(' ');
  const given = isTurned ? afterComma.trim() : (name.trim().split(/\s+/)[0] ?? '');
  if (given === '') return undefined;
  return { FNAME: cleanText(given), LNAME: cleanText(name.trim().slice(given.length)) };
}
