import { clearable } from '../../../shared/acts/clearable.ts';
import type { Policies } from '../../../shared/acts/policies.ts';
import { type Body, type FieldMapping, keyField, toBody, type Values } from '../fields/fields.ts';
import { type Part, updateByKey } from '../salesforce/composite.ts';
import type { Identity } from './match-guest.ts';

const KEY = 'FareHarbor_Guest_Key__c';

/** What both records say of a guest who has booked nothing any more. */
const NOTHING_BOOKED = {
  Bookings__c: 0,
  Cancellations__c: 0,
  Lifetime_Value__c: 0,
  First_Tour_Date__c: null,
  Last_Tour_Date__c: null,
  Next_Tour_Date__c: null,
} as const;

/**
 * The parts that take a guest's figures away, where all their bookings turned out to be somebody else's. Only records that
 * carry this guest's key are written: one that two guests share belongs to who wrote it last. Each stands for itself:
 * a record that is not there, or is somebody else's by now, is no reason to leave the other.
 */
export function leftGuestParts(key: string, { account }: Identity, policies: Policies, mapping: FieldMapping): Part[] {
  const cleared = clearable(policies);
  const ofSegment = cleared.segment ? { AI_Segment__c: null, Predicted_Value__c: null } : {};
  const accountValues: Values<'Account'> = { ...NOTHING_BOOKED, ...ofSegment };
  const contactValues: Values<'Contact'> = {
    ...NOTHING_BOOKED,
    ...ofSegment,
    No_Shows__c: 0,
    ...(cleared.score && { Lead_Score__c: null }),
    ...(cleared.segment && {
      Churn_Risk__c: null,
      Interests__c: null,
      Recommended_Upsell__c: null,
      RFM_Bands__c: null,
    }),
  };
  const byKey = (object: 'Account' | 'Contact', body: Body): Part =>
    updateByKey(object.toLowerCase(), object, { field: keyField(object, KEY, mapping), value: key }, body);
  const ofAccount = toBody('Account', accountValues, mapping);
  const ofContact = toBody('Contact', contactValues, mapping);
  if (account.is === 'person') {
    const asPerson = Object.entries(ofContact)
      .filter(([name]) => name.endsWith('__c'))
      .map(([name, value]) => [name.replace(/__c$/, '__pc'), value]);
    return [byKey('Account', { ...ofAccount, ...Object.fromEntries(asPerson) })];
  }
  const contactPart = byKey('Contact', ofContact);
  return account.is === 'theirs' ? [contactPart] : [byKey('Account', ofAccount), contactPart];
}
