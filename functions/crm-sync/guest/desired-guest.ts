import type { Policies } from '../../../shared/acts/policies.ts';
import { type Shown, shownOf } from '../../../shared/acts/shown.ts';
import { toMajorUnits } from '../../../shared/booking/money.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import type { GuestView } from '../../../shared/sink/sink.ts';
import type { Values } from '../fields/fields.ts';
import { type PersonName, splitName } from './person-name.ts';

/** Stands in where FareHarbor has no name at all: Salesforce demands a last name. */
const NAMELESS = 'Guest';

/** A company's answer to who they are: "Company", "Company name", "Organisation", … */
const COMPANY_QUESTION = /^\W*(company|organi[sz]ation|business|employer)( name)?\W*$/i;

/** A guest as Salesforce should show them. The org's shape (person account or not) decides which of it is sent where. */
export interface DesiredGuest {
  readonly name: PersonName;
  /** Name of the household or company account, used when the account is made; a person may rename it. */
  readonly accountName: string;
  readonly account: Values<'Account'>;
  readonly contact: Values<'Contact'>;
}

/**
 * The fields of Account and Contact for a guest. A name, address or number the latest booking does not have is left
 * as it is in Salesforce: not knowing it is no reason to forget it. What is driven by AI is there as far as policies
 * let the latest booking show it.
 */
export function desiredGuest({ key, company, profile, latest }: GuestView, policies: Policies): DesiredGuest {
  const { booking } = latest;
  const shown = shownOf(latest, policies);
  const { contact } = booking;
  const name = splitName(contact.name);
  const spend = profile.spend.find(({ currency }) => currency === booking.company.currency);
  const history = {
    FareHarbor_Guest_Key__c: key,
    FareHarbor_Company__c: company,
    Bookings__c: profile.bookings,
    Cancellations__c: profile.cancellations,
    Lifetime_Value__c: spend === undefined ? 0 : toMajorUnits(spend),
    First_Tour_Date__c: profile.firstTour,
    Last_Tour_Date__c: profile.lastTour,
    Next_Tour_Date__c: profile.nextTour,
    ...segmentFields(shown, booking.company.currency),
  };
  const phone = contact.phone ?? undefined;
  return {
    name,
    accountName: accountNameOf(latest, name, shown),
    account: { ...history, Phone: phone },
    contact: {
      ...history,
      Email: contact.email ?? undefined,
      Phone: phone,
      No_Shows__c: profile.noShows,
      ...(shown.score && { Lead_Score__c: shown.score.value }),
      ...guestFields(shown),
      Preferred_Language__c: languageOf(latest),
      Email_Consent__c: contact.emailConsent,
    },
  };
}

/** What both Account and Contact show of the segment. */
function segmentFields({ segment }: Shown, currency: string): Values<'Account'> & Values<'Contact'> {
  if (segment === undefined) return {};
  const { predictedValue } = segment.guest;
  // A value of another currency would be read as one of this.
  const value = predictedValue?.currency === currency ? toMajorUnits(predictedValue) : null;
  return { AI_Segment__c: segment.segment, Predicted_Value__c: value };
}

function guestFields({ segment }: Shown): Values<'Contact'> {
  if (segment === undefined) return {};
  const { bands } = segment.guest;
  return {
    Churn_Risk__c: segment.churnRisk,
    Interests__c: segment.interests.join(', ') || null,
    Recommended_Upsell__c: segment.upsell?.name ?? null,
    RFM_Bands__c: bands && `${bands.recency}-${bands.frequency}-${bands.money}`,
  };
}

/** First and last name as sent. For a record to be made, a last name is demanded. */
export function nameFields({ first, last }: PersonName, making: 'new' | 'existing') {
  if (last === null) return making === 'new' ? { LastName: NAMELESS } : {};
  return { FirstName: first, LastName: last };
}

function accountNameOf({ booking }: BookingRecord, { first, last }: PersonName, { segment }: Shown): string {
  if (segment?.segment !== 'corporate-group') return `${last ?? NAMELESS} household`;
  const named = booking.answers.find(({ question, value }) => COMPANY_QUESTION.test(question) && value.trim() !== '');
  return named?.value ?? `${[first, last].filter((part) => part !== null).join(' ') || NAMELESS} (company)`;
}

/** What the guest told FareHarbor, else what their own words were written in. */
function languageOf({ booking, understanding }: BookingRecord): string | null {
  const { language } = understanding.signals;
  return booking.contact.language ?? (language === 'unknown' || language === 'other' ? null : language);
}
