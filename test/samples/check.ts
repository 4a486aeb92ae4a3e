import type {
  Expectation,
  ExpectedBooking,
  ExpectedGuest,
  ExpectedMember,
  ExpectedOpportunity,
  Stage,
  Times,
} from './expectation.ts';
import type { MailchimpMember, SalesforceContact, SalesforceOpportunity, VendorStates } from './vendor-state.ts';

/** Salesforce's names for the stages, as the sample settings have them. */
const STAGES: Readonly<Record<Stage, string>> = {
  won: 'Closed Won',
  pending: 'Negotiation/Review',
  lost: 'Closed Lost',
};

/** Digits behind the decimal point; any other currency has two. */
const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, KWD: 3 };

/**
 * Compares what should be with what both vendors hold.
 * @returns the differences in plain words, one each; empty when all is as it should be.
 */
export function differences({ bookings, guests }: Expectation, states: VendorStates): string[] {
  return [
    ...bookings.flatMap((booking) => checkBooking(booking, states)),
    ...guests.flatMap((guest) => checkGuest(guest, states)),
  ];
}

function checkBooking(expected: ExpectedBooking, { salesforce }: VendorStates): string[] {
  const name = `booking ${expected.uuid}`;
  const own = salesforce.Opportunity.filter((one) => one.FareHarbor_Booking_UUID__c === expected.uuid);
  const wanted = expected.opportunity === null ? 0 : 1;
  if (own.length !== wanted) return [`${name}: ${own.length} opportunities of its own instead of ${wanted}`];
  const [opportunity] = own;
  if (expected.opportunity === null || opportunity === undefined) return [];
  const sale = new Set([expected.uuid, expected.opportunity.currentUuid]);
  const cases = salesforce.Case.filter(
    (one) => one.Opportunity__c === opportunity.Id || sale.has(one.FareHarbor_Booking_UUID__c ?? undefined),
  ).map((one) => one.Case_Kind__c ?? 'of no kind');
  return [
    ...checkOpportunity(name, expected.opportunity, opportunity, expected),
    ...differ(name, 'cases', [...expected.cases].sort().join(', '), cases.sort().join(', ')),
  ];
}

function checkOpportunity(
  name: string,
  expected: ExpectedOpportunity,
  actual: SalesforceOpportunity,
  { uuid, status }: ExpectedBooking,
): string[] {
  const current = expected.currentUuid ?? uuid;
  // A sale that goes on as another booking shows that one's status.
  const shown = current === uuid ? status : 'booked';
  return [
    ...differ(name, 'stage', STAGES[expected.stage], actual.StageName),
    ...differ(name, 'status', shown, actual.Booking_Status__c),
    ...differ(name, 'current booking', current, actual.FareHarbor_Current_UUID__c),
    ...differ(name, 'currency', expected.currency, actual.Booking_Currency__c),
    ...differ(name, 'amount', majorUnits(expected), actual.Total_Amount__c),
    ...differ(name, 'party size', expected.partySize, actual.Party_Size__c),
    ...differ(name, 'tour date', expected.tourDate, actual.Tour_Date__c),
    ...differ(name, 'attendance', expected.attendance ?? null, actual.Attendance__c ?? null),
  ];
}

function majorUnits({ amountMinor, currency }: ExpectedOpportunity): number {
  return amountMinor / 10 ** (DECIMALS[currency] ?? 2);
}

function checkGuest(expected: ExpectedGuest, states: VendorStates): string[] {
  const name = `guest ${expected.email ?? expected.name}`;
  return [...checkContacts(name, expected, states), ...checkMember(name, expected, states)];
}

function checkContacts(name: string, expected: ExpectedGuest, { salesforce }: VendorStates): string[] {
  const sales = salesforce.Opportunity.filter((one) => expected.sales.includes(one.FareHarbor_Booking_UUID__c ?? ''));
  const pointedTo = new Set(sales.map(({ Guest__c }) => Guest__c));
  const contacts = salesforce.Contact.filter((contact) =>
    expected.email === null ? pointedTo.has(contact.Id) : isSame(contact.Email, expected.email),
  );
  const [contact] = contacts;
  const strays = contact === undefined ? [] : sales.filter(({ Guest__c }) => Guest__c !== contact.Id);
  return [
    ...differ(name, 'contacts', expected.contacts, contacts.length),
    ...(contact === undefined ? [] : differ(name, 'name', expected.name, wholeName(contact))),
    ...strays.map((stray) => `${name}: the sale ${stray.FareHarbor_Booking_UUID__c} points to ${stray.Guest__c}`),
  ];
}

function wholeName({ FirstName, LastName }: SalesforceContact): string {
  return [FirstName, LastName].filter((part) => part).join(' ');
}

function checkMember(name: string, { email, member }: ExpectedGuest, { mailchimp }: VendorStates): string[] {
  if (email === null) return [];
  const actual = Object.entries(mailchimp.members).find(([address]) => isSame(address, email))?.[1];
  if (member === null) return actual === undefined ? [] : [`${name}: is a member and should not be`];
  if (actual === undefined) return [`${name}: is not a member`];
  return [
    ...differ(name, 'member status', member.status, actual.status),
    ...differ(name, 'next tour', member.nextTour, dateOf(actual, 'NEXT_TOUR')),
    ...differ(name, 'last tour', member.lastTour, dateOf(actual, 'LAST_TOUR')),
    ...checkEvents(name, member, actual),
    ...checkTags(name, member, actual),
  ];
}

/** An empty merge field says the same as none. */
function dateOf(member: MailchimpMember, tag: string): unknown {
  const value = member.merge_fields[tag];
  return value === undefined || value === '' ? null : value;
}

function checkEvents(name: string, { events }: ExpectedMember, member: MailchimpMember): string[] {
  const counts = new Map<string, number>(Object.keys(events).map((event) => [event, 0]));
  for (const event of member.events) counts.set(event.name, (counts.get(event.name) ?? 0) + 1);
  const wanted = new Map<string, Times>(Object.entries(events));
  return [...counts].flatMap(([event, count]) => {
    const times = wanted.get(event) ?? 0;
    const [least, most] = typeof times === 'number' ? [times, times] : times;
    if (count >= least && count <= most) return [];
    return [`${name}: event ${event} ${count} times instead of ${least === most ? least : `${least} to ${most}`}`];
  });
}

function checkTags(name: string, member: ExpectedMember, { tags }: MailchimpMember): string[] {
  const missing = (member.tagsInclude ?? []).filter((tag) => !tags.includes(tag));
  const extra = (member.tagsExclude ?? []).filter((tag) => tags.includes(tag));
  return [
    ...missing.map((tag) => `${name}: tag "${tag}" is missing`),
    ...extra.map((tag) => `${name}: tag "${tag}" should be gone`),
  ];
}

function isSame(address: string | null | undefined, other: string): boolean {
  return address?.toLowerCase() === other.toLowerCase();
}

function differ(name: string, what: string, expected: unknown, actual: unknown): string[] {
  if (expected === actual) return [];
  return [`${name}: ${what} is ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`];
}
