import * as z from 'zod';
import type { Mailchimp } from '../vendors/mailchimp/mailchimp.ts';
import type { Salesforce } from '../vendors/salesforce/salesforce.ts';
import { type Model, modelOf } from './model.ts';
import type { World } from './world.ts';

/** Where a world that has come to rest differs from the model, in plain words; empty when nowhere. */
export async function violationsOf(world: World): Promise<string[]> {
  const { salesforce, mailchimp } = world.vendors;
  const model = modelOf(world.sightings, unsubscribedIn(mailchimp));
  return [
    ...world.mishaps(),
    ...(await recordViolations(model, world)),
    ...saleViolations(model, salesforce),
    ...differ(
      'Cases',
      [...model.cases].sort(),
      salesforce
        .records('Case')
        .map(({ FareHarbor_Event_Key__c: key }) => String(key))
        .sort(),
    ),
    ...contactViolations(model, salesforce),
    ...versionsOnlyRise(model, salesforce),
    ...memberViolations(model, mailchimp),
    ...consentViolations(mailchimp),
    ...eventViolations(model, mailchimp),
  ];
}

function differ(what: string, expected: unknown, actual: unknown): string[] {
  const [wanted, found] = [JSON.stringify(expected), JSON.stringify(actual)];
  return wanted === found ? [] : [`${what}: ${found} instead of ${wanted}`];
}

async function recordViolations({ bookings }: Model, world: World): Promise<string[]> {
  const found = await Promise.all(
    [...bookings].map(async ([uuid, { states }]) => {
      const record = await world.record(uuid);
      const version = states.length;
      const held = (sink: string) =>
        `${record?.sync[sink]?.state} ${record?.sync[sink]?.version} ${record?.sync[sink]?.code ?? ''}`.trim();
      const expected = { version, crm: `synced ${version}`, marketing: `synced ${version}` };
      return differ(`record ${uuid}`, expected, {
        version: record?.version,
        crm: held('crm'),
        marketing: held('marketing'),
      });
    }),
  );
  return found.flat();
}

function saleViolations({ sales }: Model, salesforce: Salesforce): string[] {
  const opportunities = salesforce.records('Opportunity');
  const contacts = new Map(salesforce.records('Contact').map(({ Id, Email }) => [Id, Email]));
  const byAddress = Map.groupBy(sales, ({ current }) => current.email);
  const contactOf = (key: string) => opportunities.find((one) => one.FareHarbor_Booking_UUID__c === key)?.Guest__c;
  return [
    ...differ(
      'sales',
      sales.map(({ key }) => key).sort(),
      opportunities.map((one) => one.FareHarbor_Booking_UUID__c).sort(),
    ),
    ...sales.flatMap(({ key, current, stage, amount }) => {
      const one = opportunities.find(({ FareHarbor_Booking_UUID__c: uuid }) => uuid === key);
      const expected = [
        stage,
        amount,
        current.customers.length,
        current.start.slice(0, 10),
        current.uuid,
        current.status,
      ];
      const shown = [
        one?.StageName,
        one?.Amount,
        one?.Party_Size__c,
        one?.Tour_Date__c,
        one?.FareHarbor_Current_UUID__c,
        one?.Booking_Status__c,
      ];
      return [
        ...differ(`sale ${key}`, expected, shown),
        ...(contacts.has(contactOf(key) ?? '') ? [] : [`sale ${key} has no contact`]),
      ];
    }),
    ...[...byAddress].flatMap(([email, own]) => {
      const guests = new Set(own.map(({ key }) => contactOf(key)));
      return guests.size === 1 ? [] : [`sales of ${email} have ${guests.size} contacts`];
    }),
  ];
}

/** One contact per guest: none without our key, no two with one key or one address, and the right one's history. */
function contactViolations({ addresses, bookings }: Model, salesforce: Salesforce): string[] {
  const contacts = salesforce.records('Contact');
  const keys = contacts.map(({ FareHarbor_Guest_Key__c: key }) => key);
  const emails = contacts.map(({ Email }) => Email);
  const unique = (values: readonly unknown[]) => !values.includes(undefined) && new Set(values).size === values.length;
  const alone = addresses.length === 1 || bookings.size === 1;
  return [
    ...(unique(keys) ? [] : [`contacts with keys ${keys.join(', ')}`]),
    ...(unique(emails) ? [] : [`contacts with addresses ${emails.join(', ')}`]),
    ...(alone && contacts.length !== 1 ? [`${contacts.length} contacts for one guest`] : []),
    ...addresses
      .filter(({ settled }) => settled)
      .flatMap(({ email, standing, cancelled }) => {
        const own = contacts.filter(({ Email }) => Email === email);
        return differ(
          `contact ${email}`,
          [[standing, cancelled]],
          own.map(({ Bookings__c: booked, Cancellations__c: lost }) => [booked, lost]),
        );
      }),
  ];
}

/**
 * Of each opportunity Salesforce never sees an older version after a newer one. Known limit: a sale that goes on under
 * another guest is written from two queue groups; for a moment it can then go backwards, but it ends at its last.
 */
function versionsOnlyRise({ bookings }: Model, salesforce: Salesforce): string[] {
  const states = [...bookings.values()].flatMap((told) => told.states);
  const ofOneGuest = salesforce.records('Opportunity').flatMap(({ Id, FareHarbor_Booking_UUID__c: key }) => {
    const emails = states.flatMap(({ uuid, from, email }) => (uuid === key || from === key ? [email] : []));
    return new Set(emails).size === 1 ? [Id] : [];
  });
  const highest = new Map<string, number>();
  return salesforce.history.flatMap(({ object, id, fields }) => {
    if (object !== 'Opportunity' || !ofOneGuest.includes(id)) return [];
    const [version, before] = [Number(fields.Booking_Version__c), highest.get(id) ?? 0];
    highest.set(id, Math.max(version, before));
    return version < before ? [`opportunity ${id} went from version ${before} back to ${version}`] : [];
  });
}

function memberViolations({ addresses, bookings }: Model, mailchimp: Mailchimp): string[] {
  const members = [...mailchimp.audience().contacts.values()];
  const strays = members.filter(({ email }) => addresses.every((address) => address.email !== email));
  const single = bookings.size === 1 ? [...bookings.values()].map(({ last }) => last.email) : [];
  return [
    ...strays.map(({ email }) => `a member nobody asked for: ${email}`),
    ...single.filter((email) => mailchimp.contact(email) === undefined).map((email) => `${email} is not a member`),
    ...addresses
      .filter(({ settled }) => settled)
      .flatMap(({ email, statuses }) => {
        const status = mailchimp.contact(email)?.status;
        return status !== undefined && statuses.includes(status)
          ? []
          : [`member ${email} is ${status} instead of ${statuses.join(' or ')}`];
      }),
  ];
}

const changeSchema = z.object({ status: z.string().optional(), created: z.boolean().optional() });

function unsubscribedIn(mailchimp: Mailchimp): Set<string> {
  const { history } = mailchimp.audience();
  return new Set(history.flatMap(({ operation, email }) => (operation === 'guest:unsubscribed' ? [email] : [])));
}

/** Nobody who was unsubscribed is ever made anything else again: no write sets a status but to unsubscribe. */
function consentViolations(mailchimp: Mailchimp): string[] {
  const gone = new Set<string>();
  return mailchimp.audience().history.flatMap(({ operation, email, change }) => {
    const { status, created } = changeSchema.parse(change);
    const again = status !== undefined && status !== 'unsubscribed' && (created !== true || gone.has(email));
    if (status === 'unsubscribed' || operation === 'guest:unsubscribed') gone.add(email);
    return again ? [`${operation} made ${email} ${status}`] : [];
  });
}

/** Every event at most once over all members, those the model demands exactly once, in the order of versions. */
function eventViolations({ events, bookings }: Model, mailchimp: Mailchimp): string[] {
  const sent = [...mailchimp.audience().contacts.values()].map((member) =>
    member.events.map(({ properties }) => properties.event_key ?? ''),
  );
  const all = sent.flat();
  const twice = all.filter((key, index) => all.indexOf(key) !== index);
  return [
    ...twice.map((key) => `event ${key} was sent twice`),
    ...events.filter((key) => !all.includes(key)).map((key) => `event ${key} was not sent`),
    ...sent.flatMap((keys) => {
      const highest = new Map<string, number>();
      return keys.flatMap((key) => {
        const [uuid = '', version = ''] = key.split(':');
        const before = highest.get(uuid) ?? 0;
        highest.set(uuid, Number(version));
        const known = Number(version) <= (bookings.get(uuid)?.states.length ?? 0);
        return known && Number(version) >= before ? [] : [`event ${key} came after version ${before}`];
      });
    }),
  ];
}
