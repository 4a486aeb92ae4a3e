import * as z from 'zod';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { SyncTask } from '../../../shared/sink/sink.ts';
import { keyField, toBody } from '../fields/fields.ts';
import { type Part, query, type Replies, update } from '../salesforce/composite.ts';
import { soqlText } from '../salesforce/soql.ts';

type SalesforceSettings = CompanySettings['salesforce'];

/** As many as one more request closes. */
const MOST_STRAYS = 20;

/**
 * Looks for opportunities that stand under another booking of the sale than its first. One was made when a booking
 * rebooked twice was told of in the wrong order: the last one named a middle one that nobody had told of for as long
 * as a sale waits. It is the same sale, and would be seen and counted twice.
 */
export function lookForStrays({ key, chain }: SyncTask['sale'], { fields, stages }: SalesforceSettings): Part[] {
  const others = chain.map(({ uuid }) => uuid).filter((uuid) => uuid !== key);
  if (others.length === 0) return [];
  const field = keyField('Opportunity', 'FareHarbor_Booking_UUID__c', fields);
  const keys = others.map(soqlText).join(', ');
  const open = `StageName != ${soqlText(stages.lost)}`;
  return [query('strays', `SELECT Id FROM Opportunity WHERE ${field} IN (${keys}) AND ${open} LIMIT ${MOST_STRAYS}`)];
}

const foundSchema = z.object({ records: z.array(z.object({ Id: z.string() })) });

/** Closes those that were found, with no revenue. They are not deleted: people may have worked with them meanwhile. */
export function closeStrays(replies: Replies, { fields, stages }: SalesforceSettings): Part[] {
  const found = foundSchema.safeParse(replies.get('strays')).data?.records ?? [];
  const values = {
    StageName: stages.lost,
    Amount: 0,
    Net_Amount__c: 0,
    Commission__c: 0,
    Booking_Status__c: 'rebooked',
  };
  return found.map(({ Id }, index) =>
    update(`stray${index}`, 'Opportunity', Id, toBody('Opportunity', values, fields)),
  );
}
