import * as z from 'zod';
import { type BookingRecord, netOf, receiptOf } from '../vendors/fareharbor/record.ts';

const opportunitySchema = z.looseObject({
  FareHarbor_Booking_UUID__c: z.string(),
  FareHarbor_Current_UUID__c: z.string(),
  Guest__c: z.string(),
  StageName: z.string(),
  Booking_Status__c: z.string(),
  Party_Size__c: z.number(),
  Total_Amount__c: z.number(),
  Amount_Paid__c: z.number(),
});
const salesforceSchema = z.object({
  Account: z.array(z.unknown()),
  Contact: z.array(z.looseObject({ Id: z.string(), Email: z.string(), Bookings__c: z.number() })),
  Opportunity: z.array(opportunitySchema),
  Case: z.array(z.looseObject({ FareHarbor_Booking_UUID__c: z.string(), Case_Kind__c: z.string() })),
});
const mailchimpSchema = z.object({
  members: z.record(
    z.string(),
    z.looseObject({
      merge_fields: z.looseObject({ BOOKINGS: z.number() }),
      events: z.array(z.looseObject({ properties: z.looseObject({ event_key: z.string() }) })),
    }),
  ),
});

export interface Held {
  /** The stand-ins' whole state. */
  readonly salesforce: unknown;
  readonly mailchimp: unknown;
}

/**
 * Holds both vendors against FareHarbor, booking by booking and guest by guest.
 * @param bookings all that FareHarbor holds, in dollars, none of them rebooked.
 * @returns what is missing, wrong or there twice, one line each.
 */
export function compare(bookings: readonly BookingRecord[], held: Held): string[] {
  const salesforce = salesforceSchema.parse(held.salesforce);
  const { members } = mailchimpSchema.parse(held.mailchimp);
  const sales = Map.groupBy(salesforce.Opportunity, (one) => one.FareHarbor_Booking_UUID__c);
  const contacts = Map.groupBy(salesforce.Contact, ({ Email }) => Email.toLowerCase());
  const byGuest = Map.groupBy(bookings, ({ contact }) => contact.email.toLowerCase());
  const events = Object.values(members).flatMap((member) =>
    member.events.map(({ properties }) => properties.event_key),
  );
  return [
    ...bookings.flatMap((booking) =>
      compareSale(booking, sales.get(booking.uuid) ?? [], contacts.get(booking.contact.email.toLowerCase())?.[0]?.Id),
    ),
    ...[...byGuest].flatMap(([email, own]) => {
      const standing = own.filter(({ status }) => status === 'booked').length;
      const [contact, ...others] = contacts.get(email) ?? [];
      return [
        ...differ(`guest ${email}`, 'contacts', 1, others.length + (contact === undefined ? 0 : 1)),
        ...differ(`guest ${email}`, 'bookings in Salesforce', standing, contact?.Bookings__c),
        ...differ(`guest ${email}`, 'bookings in Mailchimp', standing, members[email]?.merge_fields.BOOKINGS),
      ];
    }),
    ...compareCases(bookings, salesforce.Case),
    ...differ('Salesforce', 'opportunities', bookings.length, salesforce.Opportunity.length),
    ...differ('Salesforce', 'accounts', byGuest.size, salesforce.Account.length),
    ...differ('Salesforce', 'contacts', byGuest.size, salesforce.Contact.length),
    ...differ('Mailchimp', 'members', byGuest.size, Object.keys(members).length),
    ...differ('Mailchimp', 'different event keys', events.length, new Set(events).size),
  ];
}

type Opportunity = z.infer<typeof opportunitySchema>;

function compareSale(booking: BookingRecord, sales: readonly Opportunity[], guest: string | undefined): string[] {
  const name = `booking ${booking.uuid}`;
  const [sale] = sales;
  if (sale === undefined || sales.length > 1) return differ(name, 'opportunities', 1, sales.length);
  const { total } = receiptOf(booking);
  const received = booking.payments.reduce((sum, payment) => sum + netOf(payment), 0);
  return [
    ...differ(name, 'status', booking.status, sale.Booking_Status__c),
    ...differ(name, 'stage', stageOf(booking, received), sale.StageName),
    ...differ(name, 'party size', booking.customers.length, sale.Party_Size__c),
    ...differ(name, 'amount', (total ?? 0) / 100, sale.Total_Amount__c),
    ...differ(name, 'paid', received / 100, sale.Amount_Paid__c),
    ...differ(name, 'current booking', booking.uuid, sale.FareHarbor_Current_UUID__c),
    ...differ(name, 'guest', guest, sale.Guest__c),
  ];
}

/** Salesforce's names for the stages, as the sample settings have them. */
function stageOf({ status }: BookingRecord, received: number): string {
  if (status === 'cancelled') return 'Closed Lost';
  return received > 0 ? 'Closed Won' : 'Negotiation/Review';
}

/** One Case for each cancelled booking that had been told of before, none for any other. */
function compareCases(
  bookings: readonly BookingRecord[],
  cases: readonly { readonly FareHarbor_Booking_UUID__c: string; readonly Case_Kind__c: string }[],
): string[] {
  const cancelled = new Set(bookings.filter(({ status }) => status === 'cancelled').map(({ uuid }) => uuid));
  const byBooking = Map.groupBy(cases, (one) => one.FareHarbor_Booking_UUID__c);
  return [
    ...[...byBooking].flatMap(([uuid, own]) =>
      differ(`booking ${uuid}`, 'cases', cancelled.has(uuid) ? 1 : 0, own.length),
    ),
    ...[...cancelled]
      .filter((uuid) => !byBooking.has(uuid))
      .map((uuid) => `booking ${uuid}: no case of its cancellation`),
  ];
}

function differ(name: string, what: string, expected: unknown, actual: unknown): string[] {
  if (expected === actual) return [];
  return [`${name}: ${what} ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`];
}
