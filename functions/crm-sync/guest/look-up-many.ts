import * as z from 'zod';
import { PermanentError } from '../../../shared/errors/errors.ts';
import type { GuestKey } from '../../../shared/guest/guest-key.ts';
import type { GuestView } from '../../../shared/sink/sink.ts';
import { keyField } from '../fields/fields.ts';
import { type Part, query, type Replies } from '../salesforce/composite.ts';
import type { Composite } from '../salesforce/salesforce-client.ts';
import { CODE } from '../salesforce/salesforce-errors.ts';
import { phoneForms, soqlText } from '../salesforce/soql.ts';
import { type Identity, matchGuest, type OrgShape, openLeads } from './match-guest.ts';

/** Who a guest is in Salesforce, and the open leads with their address. */
export interface LookedUp {
  readonly identity: Identity;
  readonly leads: readonly string[];
}

/** Salesforce takes no more queries in one composite request. */
const MOST_QUERIES = 5;
/** Salesforce refuses addresses of over 16,384 characters; half of that is safe whatever stands before the query. */
const LONGEST_QUERY = 8_000;
/** Salesforce gives 2,000 rows at once. More than that for some 75 guests is no data to decide by. */
const MOST_ROWS = 2_000;

/** The same question for many guests: what is asked, by which values. Named as the single look-up names it. */
interface Question {
  readonly name: 'account' | 'contact' | 'email' | 'phone' | 'lead';
  /** The query for these SOQL literals. */
  readonly soql: (literals: string) => string;
  /** What is asked for one guest; none where the guest has no such value. */
  readonly valuesOf: (guest: GuestView) => readonly string[];
  /** A row's values, of which one must be the guest's. */
  readonly fields: readonly string[];
}

/**
 * Looks up guests whose records we do not know, as `lookUps` does for one, with few calls.
 * @param guests at most as many as are then written with one call.
 * @returns for each guest who they are, or the PermanentError that says why nobody can tell.
 * @throws RetryableError or PermanentError when a call as a whole did not succeed.
 */
export async function lookUpMany(
  composite: Composite,
  company: string,
  guests: readonly GuestView[],
  shape: OrgShape,
): Promise<ReadonlyMap<GuestKey, LookedUp | PermanentError>> {
  const asked = questionsFor(shape);
  const queries = asked.flatMap((question) => queriesFor(question, guests));
  const found = new Map<Question['name'], Row[]>();
  for (let from = 0; from < queries.length; from += MOST_QUERIES) {
    const some = queries.slice(from, from + MOST_QUERIES);
    const replies = await composite(
      company,
      some.map(({ part }) => part),
    );
    for (const { name, part } of some) found.set(name, [...(found.get(name) ?? []), ...rowsOf(replies, part)]);
  }
  return new Map(guests.map((guest) => [guest.key, identify(guest, asked, found, shape)]));
}

function questionsFor({ personAccounts, fields }: OrgShape): Question[] {
  const accountKey = keyField('Account', 'FareHarbor_Guest_Key__c', fields);
  const contactKey = keyField('Contact', 'FareHarbor_Guest_Key__c', fields);
  const accounts = ['Id', accountKey, ...(personAccounts ? ['PersonContactId', 'IsPersonAccount'] : [])].join(', ');
  const columns = ['Id', 'AccountId', ...(personAccounts ? ['IsPersonAccount'] : [])];
  const contacts = (...more: string[]) => `SELECT ${[...columns, ...more].join(', ')} FROM Contact`;
  const unclaimed = personAccounts ? `${contactKey} = null AND Account.${accountKey} = null` : `${contactKey} = null`;
  const key = ({ key: guestKey }: GuestView) => [guestKey];
  const email = ({ latest }: GuestView) => [latest.booking.contact.email].filter((one) => one !== null);
  const phones = ({ latest }: GuestView) =>
    [latest.booking.contact.phone].flatMap((one) => (one === null ? [] : phoneForms(one)));
  return [
    {
      name: 'account',
      soql: (some) => `SELECT ${accounts} FROM Account WHERE ${accountKey} IN (${some})`,
      valuesOf: key,
      fields: [accountKey],
    },
    {
      name: 'contact',
      soql: (some) => `${contacts(contactKey)} WHERE ${contactKey} IN (${some})`,
      valuesOf: key,
      fields: [contactKey],
    },
    {
      name: 'email',
      soql: (some) => `${contacts('Email')} WHERE ${unclaimed} AND Email IN (${some})`,
      valuesOf: email,
      fields: ['Email'],
    },
    {
      name: 'phone',
      soql: (some) =>
        `${contacts('Phone', 'MobilePhone')} WHERE ${unclaimed} AND (Phone IN (${some}) OR MobilePhone IN (${some}))`,
      valuesOf: phones,
      fields: ['Phone', 'MobilePhone'],
    },
    {
      name: 'lead',
      soql: (some) => `SELECT Id, Email FROM Lead WHERE IsConverted = false AND Email IN (${some})`,
      valuesOf: email,
      fields: ['Email'],
    },
  ];
}

interface Query {
  readonly name: Question['name'];
  readonly part: Part;
}

/** As many queries as their length demands; a guest's own values stay together. */
function queriesFor({ name, soql, valuesOf }: Question, guests: readonly GuestView[]): Query[] {
  const lists: string[] = [];
  for (const guest of guests) {
    const literals = valuesOf(guest).map(soqlText).join(', ');
    if (literals === '') continue;
    const last = lists.at(-1);
    const longer = last === undefined ? literals : `${last}, ${literals}`;
    const fits = last !== undefined && encodeURIComponent(soql(longer)).length <= LONGEST_QUERY;
    if (fits) lists[lists.length - 1] = longer;
    else lists.push(literals);
  }
  return lists.map((list, index) => ({ name, part: query(`${name}${index}`, `${soql(list)} LIMIT ${MOST_ROWS}`) }));
}

const rowSchema = z.record(z.string(), z.unknown());
type Row = z.infer<typeof rowSchema>;

function rowsOf(replies: Replies, { referenceId }: Part): Row[] {
  const { records } = z.object({ records: z.array(rowSchema) }).parse(replies.get(referenceId));
  if (records.length < MOST_ROWS) return records;
  throw new PermanentError(CODE.ambiguous, `too many records in Salesforce match a few guests (${referenceId})`, {
    remedy: 'look which e-mail address or phone number stands on thousands of contacts',
  });
}

/** Gives the guest's own rows to the rules that decide for one guest. */
function identify(
  guest: GuestView,
  asked: readonly Question[],
  found: ReadonlyMap<Question['name'], readonly Row[]>,
  shape: OrgShape,
): LookedUp | PermanentError {
  const replies = new Map(
    asked.map(({ name, valuesOf, fields }) => {
      const values = new Set(valuesOf(guest).map(alike));
      const own = (found.get(name) ?? []).filter((row) => fields.some((field) => values.has(alike(row[field]))));
      return [name, { records: own }] as const;
    }),
  );
  try {
    return { identity: matchGuest(replies, shape), leads: openLeads(replies) };
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
}

/** SOQL compares texts without regard to case. */
function alike(value: unknown): string {
  return String(value ?? '').toLowerCase();
}
