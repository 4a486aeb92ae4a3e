import * as z from 'zod';

const text = z.string().nullish();
const number = z.number().nullish();

/** The fields of Salesforce's records that the stories speak of; everything else passes unread. */
const salesforceSchema = z.object({
  Contact: z.array(z.looseObject({ Id: z.string(), Email: text, FirstName: text, LastName: text })),
  Opportunity: z.array(
    z.looseObject({
      Id: z.string(),
      FareHarbor_Booking_UUID__c: text,
      FareHarbor_Current_UUID__c: text,
      Guest__c: text,
      StageName: text,
      Booking_Status__c: text,
      Booking_Currency__c: text,
      Total_Amount__c: number,
      Party_Size__c: number,
      Tour_Date__c: text,
      Attendance__c: text,
    }),
  ),
  Case: z.array(
    z.looseObject({ Case_Kind__c: text, FareHarbor_Booking_UUID__c: text, Opportunity__c: text, ContactId: text }),
  ),
});

/** Members of the audience by e-mail address, as the Mailchimp stand-in shows them. */
const mailchimpSchema = z.object({
  members: z.record(
    z.string(),
    z.looseObject({
      status: z.string(),
      merge_fields: z.record(z.string(), z.unknown()),
      tags: z.array(z.string()),
      events: z.array(z.looseObject({ name: z.string() })),
    }),
  ),
});

export type SalesforceState = z.infer<typeof salesforceSchema>;
export type SalesforceContact = SalesforceState['Contact'][number];
export type SalesforceOpportunity = SalesforceState['Opportunity'][number];
export type MailchimpState = z.infer<typeof mailchimpSchema>;
export type MailchimpMember = MailchimpState['members'][string];

/** What both vendors hold, in as much as the stories speak of it. */
export interface VendorStates {
  readonly salesforce: SalesforceState;
  readonly mailchimp: MailchimpState;
}

/**
 * Reads the stand-ins' `state()` or `GET /_state`.
 * @throws z.ZodError when it has not the shape of these stand-ins.
 */
export function readStates(salesforce: unknown, mailchimp: unknown): VendorStates {
  return { salesforce: salesforceSchema.parse(salesforce), mailchimp: mailchimpSchema.parse(mailchimp) };
}
