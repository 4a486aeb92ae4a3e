import type { Policies } from '../../../shared/acts/policies.ts';
import { type Shown, shownOf } from '../../../shared/acts/shown.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import { toMajorUnits } from '../../../shared/booking/money.ts';
import { type Revenue, revenueOf } from '../../../shared/booking/revenue.ts';
import { localDate } from '../../../shared/booking/zoned-time.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { SyncTask } from '../../../shared/sink/sink.ts';
import { clip } from '../fields/clean-text.ts';
import type { Values } from '../fields/fields.ts';
import { summaryFields } from '../fields/summary-fields.ts';

type Sale = SyncTask['sale'];
type SalesforceSettings = CompanySettings['salesforce'];
type Stage = keyof SalesforceSettings['stages'];

/** The record that says what the sale is now: the last one of its rebookings. */
export function currentOf({ chain }: Sale): BookingRecord {
  return chain.at(-1) ?? chain[0];
}

/**
 * The sale's Opportunity, without its key and its links to other records.
 *
 * Money, by operators' practice: what is cancelled or rebooked away carries no revenue, so Amount, net and commission
 * are 0; Total_Amount__c keeps the price it was booked at, and what was paid and refunded stays, for audit. What is
 * driven by AI is there as far as policies let it be.
 */
export function desiredSale(sale: Sale, settings: SalesforceSettings, policies: Policies): Values<'Opportunity'> {
  const current = currentOf(sale);
  const { booking } = current;
  const revenue = revenueOf(booking);
  const { startAt } = booking.availability;
  const stage = stageOf(booking, revenue);
  return {
    Name: nameOf(booking),
    StageName: settings.stages[stage],
    CloseDate: closeDateOf(sale, stage),
    ...standardAmount(revenue, settings),
    LeadSource: booking.affiliate === null ? 'FareHarbor' : 'Partner Referral',
    FareHarbor_Current_UUID__c: booking.uuid,
    FareHarbor_Display_ID__c: booking.displayId,
    FareHarbor_URL__c: booking.dashboardUrl,
    FareHarbor_Company__c: current.company,
    Booking_Status__c: booking.status,
    Booking_Version__c: versionOf(sale),
    Tour_Name__c: booking.item.name,
    Tour_Date__c: startAt && localDate(startAt),
    Tour_Start__c: startAt?.instant ?? null,
    Party_Size__c: booking.partySize,
    Total_Amount__c: toMajorUnits(revenue.priced),
    Net_Amount__c: toMajorUnits(revenue.net),
    Amount_Paid__c: toMajorUnits(revenue.paid),
    Amount_Refunded__c: toMajorUnits(revenue.refunded),
    Commission__c: toMajorUnits(revenue.commission),
    Booking_Currency__c: booking.company.currency,
    Payment_State__c: revenue.state,
    Attendance__c: attendanceOf(booking),
    Affiliate__c: booking.affiliate?.name ?? null,
    Voucher__c: booking.voucher,
    ...understoodFields(shownOf(current, policies)),
    Special_Requests__c: guestsWords(booking) || null,
  };
}

function understoodFields(shown: Shown): Values<'Opportunity'> {
  const { score, segment, route } = shown;
  return {
    ...(score && {
      Lead_Score__c: score.value,
      Lead_Score_Reasons__c: score.reasons.join('\n') || null,
      Cancellation_Risk__c: percent(score.risk?.cancellation.probability),
      No_Show_Risk__c: percent(score.risk?.noShow.probability),
    }),
    ...(segment && { AI_Segment__c: segment.segment, Recommended_Upsell__c: segment.upsell?.name ?? null }),
    ...(route && { Lead_Routing__c: route.routing }),
    ...summaryFields(shown),
  };
}

/** A probability as Salesforce shows it, with one decimal; null where there is none to tell. */
function percent(probability: number | undefined): number | null {
  return probability === undefined ? null : Math.round(probability * 1000) / 10;
}

/**
 * Won once something is paid or an affiliate collects it; until then a promise. A booking rebooked to one we do not
 * hold yet is not lost: the sale goes on there.
 */
function stageOf(booking: Booking, { paid, state }: Revenue): Stage {
  if (booking.status === 'cancelled') return 'lost';
  if (booking.status === 'rebooked') return 'pending';
  return paid.amount > 0 || state === 'invoiced' ? 'won' : 'pending';
}

/** Guest, tour and day, so that a list of sales reads by itself. */
function nameOf({ contact, item, displayId, availability: { startAt } }: Booking): string {
  const guest = contact.name.trim() || displayId || 'Guest';
  return [clip(guest, 60), clip(item.name, 40), startAt && localDate(startAt)].filter(Boolean).join(' · ');
}

/** The operator's day on which the sale was made or lost; for an open one, the day of the tour. */
function closeDateOf(sale: Sale, stage: Stage): string {
  const { booking, changes, changedAt } = currentOf(sale);
  const { startAt } = booking.availability;
  const dayOf = (instant: string) => localDate({ instant, offsetMinutes: startAt?.offsetMinutes ?? 0 });
  const [first] = sale.chain;
  const booked = first.booking.createdAt ? localDate(first.booking.createdAt) : dayOf(first.firstSeenAt);
  switch (stage) {
    case 'won':
      return booked;
    case 'pending':
      return startAt === null ? booked : localDate(startAt);
    case 'lost':
      return dayOf(changes.findLast(({ change }) => change.kind === 'cancelled')?.at ?? changedAt);
  }
}

/** The standard Amount means the org's currency, unless the org has several. */
function standardAmount({ gross }: Revenue, { multiCurrency, orgCurrency }: SalesforceSettings): Values<'Opportunity'> {
  if (multiCurrency) return { Amount: toMajorUnits(gross), CurrencyIsoCode: gross.currency };
  return gross.currency === orgCurrency ? { Amount: toMajorUnits(gross) } : {};
}

/** Rises whichever booking of the sale changes, and when a rebooking is added: the versions of all of them together. */
function versionOf({ chain }: Sale): number {
  return chain.reduce((sum, { version }) => sum + version, 0);
}

function attendanceOf({ customers }: Booking): string | null {
  const came = customers.filter(({ checkin }) => checkin === 'checked-in').length;
  const missed = customers.filter(({ checkin }) => checkin === 'no-show').length;
  if (came === 0) return missed === 0 ? null : missed === customers.length ? 'no-show' : 'partly no-show';
  if (came === customers.length) return 'checked-in';
  return missed > 0 ? 'partly no-show' : 'partly checked-in';
}

/** The note and the answers as the guest or the desk wrote them, for people to read. */
export function guestsWords({ note, answers }: Booking): string {
  const answered = answers
    .filter(({ value }) => value.trim() !== '')
    .map(({ question, value }) => `${question}: ${value}`);
  return [note.trim(), ...answered].filter((text) => text !== '').join('\n');
}
