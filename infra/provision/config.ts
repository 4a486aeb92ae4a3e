import * as z from 'zod';
import { ConfigurationError } from '../../shared/errors/errors.ts';
import { requiredText } from '../../shared/settings/environment.ts';
import { parseEnvironment } from '../../shared/settings/parse-environment.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const text = requiredText.trim().min(1, 'is empty');
const address = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' });

const mailchimpSchema = z.object({
  MAILCHIMP_API_URL: z.literal('').or(address).optional(),
  MAILCHIMP_API_KEY: text,
  MAILCHIMP_AUDIENCE_ID: text,
});

export interface MailchimpConfig {
  /** With the version, such as `https://us1.api.mailchimp.com/3.0`. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly audienceId: string;
}

/**
 * Which audience to look at. Without an address it is the one of the key's data centre: keys end in it, as in `…-us1`.
 * @throws ConfigurationError naming each variable that is missing or wrong, never a value.
 */
export function readMailchimpConfig(environment: Environment): MailchimpConfig {
  const given = parseEnvironment(mailchimpSchema, environment);
  const [, dataCentre] = /-([a-z]{2,3}\d{1,3})$/.exec(given.MAILCHIMP_API_KEY) ?? [];
  const apiUrl = given.MAILCHIMP_API_URL || (dataCentre && `https://${dataCentre}.api.mailchimp.com/3.0`);
  if (apiUrl === undefined) {
    throw new ConfigurationError(
      'environment: MAILCHIMP_API_KEY: does not end in its data centre, such as -us1; if it is whole, set MAILCHIMP_API_URL',
    );
  }
  return { apiUrl, apiKey: given.MAILCHIMP_API_KEY, audienceId: given.MAILCHIMP_AUDIENCE_ID };
}

const salesforceSchema = z.object({
  SALESFORCE_LOGIN_URL: z.preprocess((value) => value || undefined, z.string({ error: 'is not set' }).pipe(address)),
  SALESFORCE_CLIENT_ID: text,
  SALESFORCE_CLIENT_SECRET: text,
  SALESFORCE_ADMIN_CLIENT_ID: text.optional(),
  SALESFORCE_ADMIN_CLIENT_SECRET: text.optional(),
});

export interface SalesforceConfig {
  /** The org's My Domain address. */
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** An app that runs as an administrator; undefined where the sync's own user is to do as one. */
  readonly admin: { readonly clientId: string; readonly clientSecret: string } | undefined;
}

/** @throws ConfigurationError naming each variable that is missing or wrong, never a value. */
export function readSalesforceConfig(environment: Environment): SalesforceConfig {
  const given = parseEnvironment(salesforceSchema, environment);
  const { SALESFORCE_ADMIN_CLIENT_ID: adminId, SALESFORCE_ADMIN_CLIENT_SECRET: adminSecret } = given;
  if ((adminId === undefined) !== (adminSecret === undefined)) {
    throw new ConfigurationError(
      'environment: SALESFORCE_ADMIN_CLIENT_ID and SALESFORCE_ADMIN_CLIENT_SECRET: set both, or neither',
    );
  }
  return {
    loginUrl: given.SALESFORCE_LOGIN_URL,
    clientId: given.SALESFORCE_CLIENT_ID,
    clientSecret: given.SALESFORCE_CLIENT_SECRET,
    admin:
      adminId === undefined || adminSecret === undefined ? undefined : { clientId: adminId, clientSecret: adminSecret },
  };
}
