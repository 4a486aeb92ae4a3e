import * as z from 'zod';
import { PermanentError } from '../../../shared/errors/errors.ts';
import type { GuestView } from '../../../shared/sink/sink.ts';
import { type FieldMapping, keyField } from '../fields/fields.ts';
import { onlyIfEmpty, type Part, query, type Replies } from '../salesforce/composite.ts';
import { CODE } from '../salesforce/salesforce-errors.ts';
import { phoneForms, soqlText } from '../salesforce/soql.ts';

/**
 * Which records stand for a guest. A record that people made before us (`theirs`) keeps its name; an account that is
 * theirs may stand for others too, and is not written to at all. `person`: one record is account and contact at once.
 */
export const identitySchema = z.object({
  account: z.object({ id: z.string().nullable(), is: z.enum(['ours', 'theirs', 'person']) }),
  contact: z.object({ id: z.string().nullable(), is: z.enum(['ours', 'theirs']) }),
});
/** An id that is null is of a record still to be made. */
export type Identity = z.infer<typeof identitySchema>;

const identityOf = (account: Identity['account'], contact: Identity['contact']): Identity => ({ account, contact });

export interface OrgShape {
  readonly personAccounts: boolean;
  readonly fields: FieldMapping;
}

const AT_MOST = 'LIMIT 2';

/** By what a guest is looked for, as SOQL; by an address or a number only where there is one. */
function conditionsFor({ key, latest }: GuestView, { personAccounts, fields }: OrgShape) {
  const { email, phone } = latest.booking.contact;
  const contactKey = keyField('Contact', 'FareHarbor_Guest_Key__c', fields);
  const accountKey = keyField('Account', 'FareHarbor_Guest_Key__c', fields);
  // A contact with a key is another guest's: two people who share a number or an address stay two.
  const unclaimed = personAccounts ? `${contactKey} = null AND Account.${accountKey} = null` : `${contactKey} = null`;
  const forms = phone === null ? '' : phoneForms(phone).map(soqlText).join(', ');
  return {
    account: `${accountKey} = ${soqlText(key)}`,
    contact: `${contactKey} = ${soqlText(key)}`,
    email: email === null ? undefined : `${unclaimed} AND Email = ${soqlText(email)}`,
    phone: phone === null ? undefined : `${unclaimed} AND (Phone IN (${forms}) OR MobilePhone IN (${forms}))`,
    lead: email === null ? undefined : `IsConverted = false AND Email = ${soqlText(email)}`,
  };
}

/** The look-ups for a guest whose records we do not know: at most five, in one composite request. */
export function lookUps(guest: GuestView, shape: OrgShape): Part[] {
  const by = conditionsFor(guest, shape);
  const columns = shape.personAccounts ? 'Id, AccountId, IsPersonAccount' : 'Id, AccountId';
  const contacts = (where: string) => `SELECT ${columns} FROM Contact WHERE ${where} ${AT_MOST}`;
  const accounts = shape.personAccounts ? 'Id, PersonContactId, IsPersonAccount' : 'Id';
  return [
    query('account', `SELECT ${accounts} FROM Account WHERE ${by.account} ${AT_MOST}`),
    query('contact', contacts(by.contact)),
    ...(by.email === undefined ? [] : [query('email', contacts(by.email))]),
    ...(by.phone === undefined ? [] : [query('phone', contacts(by.phone))]),
    ...lookForLeads(by.lead),
  ];
}

function lookForLeads(by: string | undefined): Part[] {
  return by === undefined ? [] : [query('lead', `SELECT Id FROM Lead WHERE ${by} ${AT_MOST}`)];
}

/**
 * Parts that let what comes after them in a composite be done only where none of a guest's look-ups would find an
 * account or a contact; else all of it is refused. Open leads are found as in a look-up, and refuse nothing.
 */
export function onlyIfUnknown(guest: GuestView, shape: OrgShape): Part[] {
  const { account, contact, email, phone, lead } = conditionsFor(guest, shape);
  const anybody = [contact, email, phone].filter((by) => by !== undefined).map((by) => `(${by})`);
  return [
    query('knownAccount', `SELECT Id FROM Account WHERE ${account} LIMIT 1`),
    query('knownContact', `SELECT Id FROM Contact WHERE ${anybody.join(' OR ')} LIMIT 1`),
    ...onlyIfEmpty('knownAccount'),
    ...onlyIfEmpty('knownContact'),
    ...lookForLeads(lead),
  ];
}

const contactRow = z.object({
  Id: z.string(),
  AccountId: z.string().nullable(),
  IsPersonAccount: z.boolean().default(false),
});
const accountRow = z.object({
  Id: z.string(),
  PersonContactId: z.string().nullable().default(null),
  IsPersonAccount: z.boolean().default(false),
});
const leadRow = z.object({ Id: z.string() });

/**
 * Decides who the guest is in Salesforce: the record with our key, else the one contact with their e-mail address,
 * else with their phone number, else a new one.
 * @throws PermanentError when several could be meant: nobody guesses, a person merges or decides.
 */
export function matchGuest(replies: Replies, { personAccounts }: OrgShape): Identity {
  const account = oneOf(rows(replies, 'account', accountRow), 'accounts', 'key');
  if (account?.IsPersonAccount) {
    return identityOf({ id: account.Id, is: 'person' }, { id: account.PersonContactId, is: 'ours' });
  }
  const keyed = oneOf(rows(replies, 'contact', contactRow), 'contacts', 'key');
  if (keyed !== undefined) return joined(keyed, 'ours', account?.Id ?? null);
  const found =
    oneOf(rows(replies, 'email', contactRow), 'contacts', 'e-mail address') ??
    oneOf(rows(replies, 'phone', contactRow), 'contacts', 'phone number');
  if (found !== undefined) return joined(found, 'theirs', account?.Id ?? null);
  const shape = personAccounts && account === undefined ? 'person' : 'ours';
  return identityOf({ id: account?.Id ?? null, is: shape }, { id: null, is: 'ours' });
}

/** The open Leads with the guest's e-mail address: for a person to convert, nothing is written to them. */
export function openLeads(replies: Replies): string[] {
  return rows(replies, 'lead', leadRow).map(({ Id }) => Id);
}

function joined(contact: z.infer<typeof contactRow>, is: 'ours' | 'theirs', ourAccount: string | null): Identity {
  const { Id: id, AccountId: accountId } = contact;
  if (contact.IsPersonAccount && accountId !== null) return identityOf({ id: accountId, is: 'person' }, { id, is });
  if (accountId === null || accountId === ourAccount) return identityOf({ id: accountId, is: 'ours' }, { id, is });
  return identityOf({ id: accountId, is: 'theirs' }, { id, is });
}

function rows<Row extends z.ZodType>(replies: Replies, referenceId: string, row: Row): z.infer<Row>[] {
  const reply = replies.get(referenceId);
  return reply === undefined ? [] : z.object({ records: z.array(row) }).parse(reply).records;
}

function oneOf<Row>(found: readonly Row[], what: 'accounts' | 'contacts', by: string): Row | undefined {
  if (found.length <= 1) return found[0];
  throw new PermanentError(CODE.ambiguous, `several ${what} in Salesforce have the guest's ${by}`, {
    remedy: `merge the ${what} with the guest's ${by} in Salesforce, or correct the wrong one, then repair the booking`,
  });
}
