import * as z from 'zod';
import type { SyncTask } from '../../../shared/sink/sink.ts';
import { keyField } from '../fields/fields.ts';
import { query } from '../salesforce/composite.ts';
import type { Composite } from '../salesforce/salesforce-client.ts';
import { phoneForms, soqlText } from '../salesforce/soql.ts';
import { type Identity, matchGuest } from './match-guest.ts';

/** Guests of other companies in the same org can have the address, too. */
const AT_MOST = 20;

const keyedSchema = z.object({ records: z.array(z.record(z.string(), z.unknown())) });

/**
 * Finds the records of a guest under a key that we have forgotten: tables were restored to a time before the guest's
 * first booking, and another of their bookings is the first one now. A key that stands for a guest we hold is never
 * taken over.
 *
 * @returns undefined where there are none.
 * @throws PermanentError when there are several.
 */
export async function findLostGuest(composite: Composite, task: SyncTask): Promise<Identity | undefined> {
  const { guest, settings, holdsGuest } = task;
  const { fields, personAccounts } = settings.salesforce;
  const key = keyField('Contact', 'FareHarbor_Guest_Key__c', fields);
  const address = addressOf(guest.latest.booking.contact);
  if (address === undefined) return undefined;
  const soql = `SELECT Id, ${key} FROM Contact WHERE ${key} != null AND ${address} LIMIT ${AT_MOST}`;
  const replies = await composite(guest.company, [query('keyed', soql)]);
  const { records } = keyedSchema.parse(replies.get('keyed'));
  const keys = [...new Set(records.map((record) => String(record[key])))];
  const lost: string[] = [];
  for (const one of keys) if (!(await holdsGuest(one))) lost.push(one);
  if (lost.length === 0) return undefined;
  const among = lost.map(soqlText).join(', ');
  const accountKey = keyField('Account', 'FareHarbor_Guest_Key__c', fields);
  const found = await composite(guest.company, [
    query(
      'account',
      `SELECT ${columns('PersonContactId', personAccounts)} FROM Account WHERE ${accountKey} IN (${among}) LIMIT 2`,
    ),
    query('contact', `SELECT ${columns('AccountId', personAccounts)} FROM Contact WHERE ${key} IN (${among}) LIMIT 2`),
  ]);
  return matchGuest(found, settings.salesforce);
}

function columns(link: 'PersonContactId' | 'AccountId', personAccounts: boolean): string {
  if (personAccounts) return `Id, ${link}, IsPersonAccount`;
  return link === 'AccountId' ? 'Id, AccountId' : 'Id';
}

/** By what a guest is known, as enrichment has it: the e-mail address, else the phone number. */
function addressOf({
  email,
  phone,
}: {
  readonly email: string | null;
  readonly phone: string | null;
}): string | undefined {
  if (email !== null) return `Email = ${soqlText(email)}`;
  if (phone === null) return undefined;
  const forms = phoneForms(phone).map(soqlText).join(', ');
  return `(Phone IN (${forms}) OR MobilePhone IN (${forms}))`;
}
