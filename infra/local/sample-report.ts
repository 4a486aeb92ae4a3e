import type { MailchimpMember, SalesforceOpportunity, VendorStates } from '../../test/samples/vendor-state.ts';
import type { SampleRun, StoryResult } from './samples.ts';
import { drawTable } from './text-table.ts';

const COLUMNS = [
  { heading: 'Booking', width: 24 },
  { heading: 'What happened', width: 26 },
  { heading: 'Salesforce', width: 36 },
  { heading: 'Mailchimp', width: 44 },
  { heading: 'Synced', width: 8 },
];

/** The table of what came of the samples: one row for each story. */
export function reportSamples({ results, states }: SampleRun): string {
  const rows = results.map((result) => [
    bookingCell(result),
    result.story.what,
    states === undefined ? linksCell(result, 'crm') : salesforceCell(result, states),
    states === undefined ? linksCell(result, 'marketing') : mailchimpCell(result, states),
    `${result.differences.length === 0 ? '✓' : '✗'} ${result.syncedMs === undefined ? '–' : `${result.syncedMs} ms`}`,
  ]);
  const times = results.flatMap(({ syncedMs }) => (syncedMs === undefined ? [] : [syncedMs])).sort((a, b) => a - b);
  const good = results.filter((result) => result.differences.length === 0).length;
  const median = times[Math.floor(times.length / 2)];
  const verdict = states === undefined ? 'noted as synced (a real vendor is not read back)' : 'as they should be';
  const summary = `${good} of ${results.length} ${verdict}${median === undefined ? '' : `; median ${median} ms from webhook to both vendors`}`;
  return `${drawTable(COLUMNS, rows)}\n${summary}`;
}

/** What is not as it should be, story by story; empty when everything is. */
export function reportDifferences({ results }: SampleRun): string {
  return results
    .filter((result) => result.differences.length > 0)
    .map(({ story, differences }) => [`✗ ${story.title}`, ...differences.map((one) => `    ${one}`)].join('\n'))
    .join('\n');
}

function bookingCell({ story, records }: StoryResult): string {
  const names = story.expect.guests.map(({ name }) => name);
  return [
    ...names,
    ...records.map(({ booking, company }) => `${booking.displayId ?? booking.uuid.slice(0, 8)} · ${company}`),
  ].join('\n');
}

function salesforceCell({ story, records }: StoryResult, { salesforce }: VendorStates): string {
  const uuids = new Set(records.map(({ uuid }) => String(uuid)));
  const sales = salesforce.Opportunity.filter((one) => uuids.has(one.FareHarbor_Booking_UUID__c ?? ''));
  const ids = new Set(sales.map(({ Id }) => Id));
  const cases = salesforce.Case.filter((one) => ids.has(one.Opportunity__c ?? ''));
  const guests = new Set(sales.map(({ Guest__c }) => Guest__c));
  const contacts = salesforce.Contact.filter(({ Id }) => guests.has(Id));
  const lines = [
    ...sales.map(describeSale),
    ...cases.map((one) => `Case ${one.Case_Kind__c}`),
    ...contacts.map((one) => `Contact ${[one.FirstName, one.LastName].filter(Boolean).join(' ')}`),
  ];
  return lines.length === 0 ? `nothing (${story.expect.bookings.length} expected)` : lines.join('\n');
}

function describeSale(sale: SalesforceOpportunity): string {
  const { StageName, Total_Amount__c: amount, Booking_Currency__c: currency, Party_Size__c, Tour_Date__c } = sale;
  const worth = typeof amount === 'number' && currency ? money(amount, currency) : '–';
  const score = typeof sale.Lead_Score__c === 'number' ? `, score ${sale.Lead_Score__c}` : '';
  return `${StageName}, ${worth}\nparty of ${Party_Size__c} on ${Tour_Date__c}${score}`;
}

/** With as many decimals as the currency has. */
function money(amount: number, currency: string): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' })
    .format(amount)
    .replaceAll('\u00A0', ' ');
}

function mailchimpCell({ story }: StoryResult, { mailchimp }: VendorStates): string {
  const cells = story.expect.guests.map(({ email }) => {
    if (email === null) return 'no e-mail, no member';
    const found = Object.entries(mailchimp.members).find(([address]) => address.toLowerCase() === email.toLowerCase());
    return found === undefined ? 'no member' : describeMember(found[1]);
  });
  return cells.join('\n');
}

function describeMember({ status, tags, events }: MailchimpMember): string {
  const counts = new Map<string, number>();
  for (const { name } of events) counts.set(name, (counts.get(name) ?? 0) + 1);
  const told = [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`));
  return [
    status,
    tags.length === 0 ? 'no tags' : `tags ${tags.join(', ')}`,
    told.length === 0 ? 'no events' : `events ${told.join(', ')}`,
  ].join('\n');
}

/** With a real vendor there is nothing to read back but what the sink noted: where to look. */
function linksCell({ records }: StoryResult, sink: string): string {
  const lines = records.flatMap(({ sync, version }) => {
    const state = sync[sink];
    if (state === undefined) return [];
    const links = Object.entries(state.links ?? {}).map(([name, id]) => `${name} ${id}`);
    return [`${state.state}, version ${state.version} of ${version}`, ...links];
  });
  return lines.length === 0 ? '–' : lines.join('\n');
}
