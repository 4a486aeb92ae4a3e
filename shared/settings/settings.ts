import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ownPoliciesSchema } from '../acts/act.ts';
import { ConfigurationError } from '../errors/errors.ts';
import { describeIssues } from './issues.ts';
import { openHoursSchema } from './open-hours.ts';
import {
  churnSettingsSchema,
  riskSettingsSchema,
  scoreSettingsSchema,
  segmentSettingsSchema,
  upsellSettingsSchema,
  valueSettingsSchema,
} from './scoring.ts';

/** One thing the operator sells that may be recommended. The model can only choose among these ids. */
export const catalogueEntrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'lower-case letters, digits and dashes, at most 40'),
  /** Shown to people in Salesforce and Mailchimp. */
  name: z.string().min(1).max(100),
  /** FareHarbor's item pk, so that what a guest has booked is not recommended again. */
  itemPk: z.int().nullable().default(null),
  /** Interests it serves, such as `snorkelling`; also matched against the names of tours a guest has taken. */
  interests: z.array(z.string().min(1)).default([]),
  minPartySize: z.int().min(1).default(1),
  maxPartySize: z.int().min(1).default(999),
  /** Months in which it runs, 1–12; empty for all year. */
  months: z.array(z.int().min(1).max(12)).default([]),
  /** Weekdays on which it runs, 1 Monday … 7 Sunday; empty for all. */
  weekdays: z.array(z.int().min(1).max(7)).default([]),
  /** Days on which it does not run, both ends included. */
  closed: z
    .array(
      z.strictObject({ from: z.iso.date(), to: z.iso.date() }).refine(({ from, to }) => from <= to, 'from is after to'),
    )
    .default([]),
  /** The operator's own kind of tours that it belongs to, such as `water` or `food`. */
  category: z.string().min(1).max(60).nullable().default(null),
});
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

/** What a model's tokens cost, in US dollars per million. */
const modelPriceSchema = z.strictObject({
  inputPerMillion: z.number().min(0),
  /** Input that the server found in its prompt cache. */
  cachedInputPerMillion: z.number().min(0),
  outputPerMillion: z.number().min(0),
});
export type ModelPrice = z.infer<typeof modelPriceSchema>;

const modelSettingsSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** How the server is spoken to: OpenAI's own Responses API, or Chat Completions, which other servers know. */
  api: z.enum(['responses', 'chat']).default('responses'),
  /**
   * What leaves of the words that a guest wrote: `redacted`, the words without what is personal in them; `never`, not
   * one of them, only what the booking is and which of a few set words our own keywords found.
   */
  freeText: z.enum(['redacted', 'never']).default('redacted'),
  /** What may be spent on the model in one UTC day, in US dollars. */
  dailyBudgetUsd: z.number().min(0).max(10_000).default(5),
  /** Prices that shall differ from the defaults (see prices.ts), or those of other models, by the model's name. */
  prices: z.record(z.string().min(1), modelPriceSchema).default({}),
  /** Used where the secret names no model. */
  name: z.string().min(1).default('gpt-5-mini'),
  /** Milliseconds before the rules-only answer is taken instead. */
  timeoutMs: z.int().min(100).max(15_000).default(4000),
});

const fareHarborSettingsSchema = z.strictObject({
  /**
   * What a webhook does when no call to FareHarbor is left for the moment: `body` takes it from its own body at once
   * and verifies it later, `wait` leaves it in the queue until FareHarbor could be asked.
   */
  whenBudgetSpent: z.enum(['body', 'wait']).default('body'),
  /** Hours between two looks for bookings that no webhook told us of; null for never. Needs API access. */
  sweepEveryHours: z.number().positive().max(168).nullable().default(6),
  /** Days before and after today on which their tours start. */
  sweepDaysBack: z.int().min(0).max(60).default(2),
  sweepDaysAhead: z.int().min(0).max(400).default(14),
});

const salesforceSettingsSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** The org uses person accounts: guests become one Account and no Contact of their own. */
  personAccounts: z.boolean().default(false),
  /** The org has several currencies switched on, so that CurrencyIsoCode may be written. */
  multiCurrency: z.boolean().default(false),
  /** The org's currency: without several currencies, the standard Amount is written only for bookings in it. */
  orgCurrency: z.string().length(3).default('USD'),
  stages: z
    .strictObject({
      won: z.string().min(1).default('Closed Won'),
      pending: z.string().min(1).default('Negotiation/Review'),
      lost: z.string().min(1).default('Closed Lost'),
    })
    .prefault({}),
  /** Owner of new Cases (a user's or queue's id); Salesforce's own assignment where null. */
  caseOwnerId: z.string().nullable().default(null),
  /**
   * Field mapping: `Object.Field` as Harborlight names it → the org's own field, or null to leave it out,
   * for instance `{"Opportunity.Affiliate__c": "Partner__c", "Contact.Churn_Risk__c": null}`.
   */
  fields: z.record(z.string().regex(/^(Account|Contact|Opportunity|Case)\.\w+$/), z.string().nullable()).default({}),
  /** Shares of the org's API calls a day, by whomever they are made, above which we hold back. */
  dayLimit: z
    .strictObject({
      /** Above it, backfill waits. */
      slowAbove: z.number().gt(0).max(1).default(0.7),
      /** Above it, everything but cancellations waits until calls are free again. */
      stopAbove: z.number().gt(0).max(1).default(0.85),
    })
    .refine(({ slowAbove, stopAbove }) => slowAbove <= stopAbove, 'slowAbove is above stopAbove')
    .prefault({}),
});

const mailchimpSettingsSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** Journey events are sent; switch off to write members and tags only. */
  events: z.boolean().default(true),
});

/** When a destination is paused by itself: its writes of one hour are both of these. */
const volumeSettingsSchema = z.strictObject({
  /** So many times the largest hour of the last seven days. */
  times: z.number().min(1).default(10),
  /** More than this many bookings brought, however few are usual: well above an honest burst. */
  atLeast: z.int().min(1).default(5000),
});

export const companySettingsSchema = z.strictObject({
  /** What guests and staff call the company. */
  name: z.string().min(1),
  /** Titles of custom questions whose answer is the true party size (private tours count as one customer). */
  partySizeQuestions: z.array(z.string()).default(['people', 'party size', 'group size', 'personas', 'cantidad']),
  catalogue: z.array(catalogueEntrySchema).default([]),
  score: scoreSettingsSchema.prefault({}),
  segments: segmentSettingsSchema.prefault({}),
  churn: churnSettingsSchema.prefault({}),
  upsell: upsellSettingsSchema.prefault({}),
  value: valueSettingsSchema.prefault({}),
  risk: riskSettingsSchema.prefault({}),
  model: modelSettingsSchema.prefault({}),
  fareharbor: fareHarborSettingsSchema.prefault({}),
  salesforce: salesforceSettingsSchema.prefault({}),
  mailchimp: mailchimpSettingsSchema.prefault({}),
  volume: volumeSettingsSchema.prefault({}),
  /** When webhooks are usual, so that their absence is told of; null, never. */
  openHours: openHoursSchema.nullable().default(null),
  /** Hours of opening time, summed up over days, without any webhook after which somebody is told. */
  silenceHours: z.number().positive().max(168).default(4),
  /** How far what is driven by AI may go, where that differs from the defaults; `npm run ops -- settings` overrides it. */
  acts: ownPoliciesSchema.default({}),
});
export type CompanySettings = z.infer<typeof companySettingsSchema>;
/** As an operator writes it: everything with a default may be left out. */
export type CompanySettingsInput = z.input<typeof companySettingsSchema>;

export const settingsSchema = z.strictObject({
  /** Keyed by FareHarbor's shortname of the company. */
  companies: z.record(z.string().min(1), companySettingsSchema),
});
export type Settings = z.infer<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

/**
 * Checks the operator's settings.
 * @throws ConfigurationError naming each wrong key and what is expected.
 */
export function parseSettings(input: unknown): Settings {
  const parsed = settingsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`settings: ${describeIssues(parsed.error)}`);
}

/**
 * Reads the settings that the deployment put beside the bundle.
 * @param file usually `new URL('./settings.json', import.meta.url)` of the bundle.
 * @throws ConfigurationError when the file is missing, is not JSON, or does not fit.
 */
export function readSettings(file: URL): Settings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigurationError('settings.json is missing beside the bundle: deploy again', { cause });
  }
  try {
    return parseSettings(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError('settings.json is not JSON: deploy again', { cause });
  }
}
