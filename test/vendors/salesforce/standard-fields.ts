import { type Field, field } from './field.ts';

const READ_ONLY = { createable: false, updateable: false } as const;

/** Fields every object has and nobody writes, beside the owner. */
export const SYSTEM: readonly Field[] = [
  field('Id', 'id', { ...READ_ONLY, length: 18, indexed: true }),
  field('IsDeleted', 'boolean', { ...READ_ONLY, defaultValue: false }),
  field('OwnerId', 'reference', { relationshipName: 'Owner' }),
  field('CreatedDate', 'datetime', READ_ONLY),
  field('LastModifiedDate', 'datetime', READ_ONLY),
];

const phone = (name: string): Field => field(name, 'phone', { length: 40, indexed: true });
const email = (name: string): Field => field(name, 'email', { length: 80, indexed: true });
const text = (name: string, length: number): Field => field(name, 'string', { length });
const picklist = (name: string): Field => field(name, 'picklist', { length: 255 });
const flag = (name: string): Field => field(name, 'boolean', { ...READ_ONLY, defaultValue: false });
const lookup = (name: string, to: 'Account' | 'Contact' | 'Opportunity'): Field =>
  field(name, 'reference', { referenceTo: [to], relationshipName: name.replace(/Id$/, ''), indexed: true });

export const ACCOUNT: readonly Field[] = [
  field('Name', 'string', { label: 'Account Name', length: 255, required: true }),
  phone('Phone'),
  text('Website', 255),
  field('Description', 'textarea', { length: 32_000, filterable: false }),
  picklist('Type'),
  picklist('Industry'),
  field('RecordTypeId', 'reference'),
];

/** What an Account has beside, in an org where a person can be an account. */
export const PERSON_ACCOUNT: readonly Field[] = [
  flag('IsPersonAccount'),
  field('PersonContactId', 'reference', {
    ...READ_ONLY,
    referenceTo: ['Contact'],
    relationshipName: 'PersonContact',
    indexed: true,
  }),
  field('FirstName', 'string', { label: 'First Name', length: 40 }),
  field('LastName', 'string', { label: 'Last Name', length: 80 }),
  email('PersonEmail'),
  phone('PersonMobilePhone'),
];

export const CONTACT: readonly Field[] = [
  field('Name', 'string', { ...READ_ONLY, label: 'Full Name', length: 121 }),
  field('FirstName', 'string', { label: 'First Name', length: 40 }),
  field('LastName', 'string', { label: 'Last Name', length: 80, required: true }),
  lookup('AccountId', 'Account'),
  email('Email'),
  phone('Phone'),
  phone('MobilePhone'),
  text('Title', 128),
  picklist('LeadSource'),
  field('Description', 'textarea', { length: 32_000, filterable: false }),
];

export const OPPORTUNITY: readonly Field[] = [
  field('Name', 'string', { label: 'Opportunity Name', length: 120, required: true }),
  lookup('AccountId', 'Account'),
  field('StageName', 'picklist', { label: 'Stage', length: 255, required: true }),
  field('CloseDate', 'date', { label: 'Close Date', required: true }),
  field('Amount', 'currency', { integerDigits: 16, scale: 2 }),
  picklist('LeadSource'),
  picklist('Type'),
  field('Description', 'textarea', { length: 32_000, filterable: false }),
  field('RecordTypeId', 'reference'),
  flag('IsClosed'),
  flag('IsWon'),
];

export const CASE: readonly Field[] = [
  field('CaseNumber', 'string', { ...READ_ONLY, length: 30 }),
  text('Subject', 255),
  field('Description', 'textarea', { length: 32_000, filterable: false }),
  field('Status', 'picklist', { length: 255, defaultValue: 'New' }),
  field('Priority', 'picklist', { length: 255, defaultValue: 'Medium' }),
  picklist('Origin'),
  picklist('Type'),
  picklist('Reason'),
  lookup('ContactId', 'Contact'),
  lookup('AccountId', 'Account'),
  email('SuppliedEmail'),
  text('SuppliedName', 80),
  text('SuppliedPhone', 40),
  field('RecordTypeId', 'reference'),
];

export const LEAD: readonly Field[] = [
  field('Name', 'string', { ...READ_ONLY, length: 121 }),
  field('FirstName', 'string', { label: 'First Name', length: 40 }),
  field('LastName', 'string', { label: 'Last Name', length: 80, required: true }),
  field('Company', 'string', { length: 255, required: true }),
  field('Status', 'picklist', { length: 255, defaultValue: 'Open - Not Contacted' }),
  email('Email'),
  phone('Phone'),
  phone('MobilePhone'),
  picklist('LeadSource'),
  field('Description', 'textarea', { length: 32_000, filterable: false }),
  flag('IsConverted'),
  field('ConvertedContactId', 'reference', {
    ...READ_ONLY,
    referenceTo: ['Contact'],
    relationshipName: 'ConvertedContact',
  }),
  field('ConvertedAccountId', 'reference', {
    ...READ_ONLY,
    referenceTo: ['Account'],
    relationshipName: 'ConvertedAccount',
  }),
];
