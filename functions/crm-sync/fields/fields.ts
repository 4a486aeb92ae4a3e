import type { CompanySettings } from '../../../shared/settings/settings.ts';
import { cleanLine, cleanText, clip } from './clean-text.ts';

/**
 * `line` and `long` text is cut to its length. A `whole` text means nothing when cut: where it is too long, Salesforce
 * says so and the booking is parked. A `link` too long for its field is left empty. `exact` is never a guest's text:
 * our keys, record ids and references to other parts of the request.
 */
type Kind =
  | { readonly kind: 'line' | 'long' | 'link'; readonly length: number }
  | { readonly kind: 'whole' | 'exact' | 'value' };

const line = (length: number) => ({ kind: 'line', length }) as const;
const long = (length: number) => ({ kind: 'long', length }) as const;
const link = { kind: 'link', length: 255 } as const;
const whole = { kind: 'whole' } as const;
const exact = { kind: 'exact' } as const;
const value = { kind: 'value' } as const;

const history = {
  FareHarbor_Guest_Key__c: exact,
  FareHarbor_Company__c: line(80),
  Bookings__c: value,
  Cancellations__c: value,
  Lifetime_Value__c: value,
  First_Tour_Date__c: value,
  Last_Tour_Date__c: value,
  Next_Tour_Date__c: value,
  AI_Segment__c: line(40),
  Predicted_Value__c: value,
} as const;

/** Every field that is ever written, with what it takes. Lengths are Salesforce's, or those of our own metadata. */
export const FIELDS = {
  Account: {
    ...history,
    Name: line(255),
    Phone: whole,
    // Person accounts only:
    FirstName: line(40),
    LastName: line(80),
    PersonEmail: whole,
  },
  Contact: {
    ...history,
    AccountId: exact,
    FirstName: line(40),
    LastName: line(80),
    Email: whole,
    Phone: whole,
    No_Shows__c: value,
    Lead_Score__c: value,
    Churn_Risk__c: line(10),
    Interests__c: long(2000),
    Recommended_Upsell__c: line(255),
    RFM_Bands__c: line(10),
    Preferred_Language__c: line(20),
    Email_Consent__c: value,
  },
  Opportunity: {
    Name: line(120),
    AccountId: exact,
    StageName: line(255),
    CloseDate: value,
    Amount: value,
    CurrencyIsoCode: exact,
    LeadSource: line(255),
    FareHarbor_Booking_UUID__c: exact,
    FareHarbor_Current_UUID__c: exact,
    FareHarbor_Display_ID__c: line(40),
    FareHarbor_URL__c: link,
    FareHarbor_Company__c: line(80),
    Booking_Status__c: line(20),
    Booking_Version__c: value,
    Guest__c: exact,
    Tour_Name__c: line(255),
    Tour_Date__c: value,
    Tour_Start__c: value,
    Party_Size__c: value,
    Total_Amount__c: value,
    Net_Amount__c: value,
    Amount_Paid__c: value,
    Amount_Refunded__c: value,
    Commission__c: value,
    Booking_Currency__c: exact,
    Payment_State__c: line(20),
    Attendance__c: line(20),
    Affiliate__c: line(255),
    Voucher__c: line(128),
    Lead_Score__c: value,
    Lead_Score_Reasons__c: long(4000),
    Lead_Routing__c: line(10),
    Cancellation_Risk__c: value,
    No_Show_Risk__c: value,
    AI_Segment__c: line(40),
    AI_Summary__c: long(32_000),
    AI_Generated__c: value,
    Recommended_Upsell__c: line(255),
    Special_Requests__c: long(4000),
  },
  Case: {
    Subject: line(255),
    Description: long(32_000),
    Priority: line(255),
    Origin: line(255),
    OwnerId: exact,
    ContactId: exact,
    AccountId: exact,
    SuppliedEmail: whole,
    FareHarbor_Event_Key__c: exact,
    FareHarbor_Booking_UUID__c: exact,
    Opportunity__c: exact,
    Case_Kind__c: exact,
    Tour_Date__c: value,
    AI_Summary__c: long(32_000),
    AI_Generated__c: value,
  },
} as const satisfies Record<string, Record<string, Kind>>;

export type ObjectName = keyof typeof FIELDS;
export type Value = string | number | boolean | null;
/** Values by the names Harborlight has for the fields; undefined leaves a field as it is, null empties it. */
export type Values<Name extends ObjectName> = { readonly [Field in keyof (typeof FIELDS)[Name]]?: Value | undefined };
/** A record as it is sent. */
export type Body = Readonly<Record<string, Value>>;
export type FieldMapping = CompanySettings['salesforce']['fields'];

/** The org's name of a field that carries a key; a key cannot be left out, so null leaves our own name. */
export function keyField(object: ObjectName, name: string, mapping: FieldMapping): string {
  return mapping[`${object}.${name}`] ?? name;
}

/** Makes the record to send: text cleaned and cut to its field, fields renamed or left out as the operator maps them. */
export function toBody<Name extends ObjectName>(object: Name, values: Values<Name>, mapping: FieldMapping): Body {
  const kinds: Readonly<Record<string, Kind>> = FIELDS[object];
  const body: Record<string, Value> = {};
  for (const [name, given] of Object.entries<Value | undefined>(values)) {
    const target = mapping[`${object}.${name}`] === undefined ? name : mapping[`${object}.${name}`];
    const kind = kinds[name];
    if (given === undefined || target === null || target === undefined || kind === undefined) continue;
    body[target] = typeof given === 'string' ? fitted(given, kind) : given;
  }
  return body;
}

function fitted(text: string, kind: Kind): string | null {
  switch (kind.kind) {
    case 'line':
      return clip(cleanLine(text), kind.length);
    case 'long':
      return clip(cleanText(text), kind.length);
    case 'link':
      return text.length > kind.length ? null : cleanLine(text);
    case 'whole':
      return cleanLine(text);
    default:
      return text;
  }
}
