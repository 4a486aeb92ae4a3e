import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { DynamoDbEngine } from './dynamodb.ts';

/** The vendors that a company's booking reaches, by the last part of their secret's name. */
export const VENDORS = ['fareharbor', 'salesforce', 'mailchimp', 'openai'] as const;
export type VendorName = (typeof VENDORS)[number];

/**
 * How a vendor is reached: our stand-in; the real one (or any other) with these keys; or not at all, which FareHarbor
 * (no API access) and OpenAI (rules only) allow.
 */
export type VendorChoice =
  | { readonly kind: 'stand-in' }
  | { readonly kind: 'given'; readonly keys: Readonly<Record<string, string>> }
  | { readonly kind: 'none' };

export interface LocalConfig {
  /** Port of the webhook; 0 takes any free one. */
  readonly port: number;
  readonly engine: DynamoDbEngine | undefined;
  readonly webhookKey: string;
  readonly vendors: Readonly<Record<VendorName, VendorChoice>>;
}

/** The environment does not make a configuration; the message names each key and what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const url = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional();
const text = z.string().trim().optional();
const environmentSchema = z.object({
  PORT: z.coerce
    .number({ error: 'must be a port number, 0 for any free one' })
    .int()
    .min(0, 'must be a port number, 0 for any free one')
    .max(65_535, 'must be a port number, 0 for any free one')
    .default(0),
  DYNAMODB_ENGINE: z.enum(['dynoxide', 'dynamodb-local'], { error: 'must be dynoxide or dynamodb-local' }).optional(),
  // The key is a part of the webhook's path; 16 characters are the least that the real endpoint should have too.
  WEBHOOK_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,128}$/, 'must be 16 to 128 letters, digits, _ or -')
    .optional(),
  FAREHARBOR_API_URL: url,
  FAREHARBOR_APP_KEY: text,
  FAREHARBOR_USER_KEY: text,
  SALESFORCE_LOGIN_URL: url,
  SALESFORCE_CLIENT_ID: text,
  SALESFORCE_CLIENT_SECRET: text,
  MAILCHIMP_API_URL: url,
  MAILCHIMP_API_KEY: text,
  MAILCHIMP_AUDIENCE_ID: text,
  OPENAI_BASE_URL: url,
  OPENAI_API_KEY: text,
  OPENAI_MODEL: text,
});
type Environment = z.infer<typeof environmentSchema>;
type Key = keyof Environment;

interface VendorKeys {
  /** Field of the vendor's secret for each key of the environment. */
  readonly fields: Partial<Readonly<Record<Key, string>>>;
  readonly required: readonly Key[];
  /** The key which, set but empty, says that there is no access to the vendor. */
  readonly none?: Key;
}

const VENDOR_KEYS: Readonly<Record<VendorName, VendorKeys>> = {
  fareharbor: {
    fields: { FAREHARBOR_API_URL: 'apiUrl', FAREHARBOR_APP_KEY: 'appKey', FAREHARBOR_USER_KEY: 'userKey' },
    required: ['FAREHARBOR_APP_KEY', 'FAREHARBOR_USER_KEY'],
    none: 'FAREHARBOR_APP_KEY',
  },
  salesforce: {
    fields: {
      SALESFORCE_LOGIN_URL: 'loginUrl',
      SALESFORCE_CLIENT_ID: 'clientId',
      SALESFORCE_CLIENT_SECRET: 'clientSecret',
    },
    required: ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET'],
  },
  mailchimp: {
    fields: { MAILCHIMP_API_URL: 'apiUrl', MAILCHIMP_API_KEY: 'apiKey', MAILCHIMP_AUDIENCE_ID: 'audienceId' },
    required: ['MAILCHIMP_API_KEY', 'MAILCHIMP_AUDIENCE_ID'],
  },
  openai: {
    fields: { OPENAI_BASE_URL: 'baseUrl', OPENAI_API_KEY: 'apiKey', OPENAI_MODEL: 'model' },
    required: ['OPENAI_API_KEY'],
    none: 'OPENAI_API_KEY',
  },
};

/**
 * Reads what this machine's environment asks of the local stack. A vendor of which no key is set is a stand-in.
 *
 * @throws ConfigError naming every key that is wrong or missing, never a value.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): LocalConfig {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([key, value]) => value !== '' || isNoneKey(key)),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n'));
  }
  const { PORT, DYNAMODB_ENGINE, WEBHOOK_KEY } = parsed.data;
  const missing: string[] = [];
  const choose = (name: VendorName): VendorChoice => chooseVendor(VENDOR_KEYS[name], parsed.data, missing);
  const vendors = {
    fareharbor: choose('fareharbor'),
    salesforce: choose('salesforce'),
    mailchimp: choose('mailchimp'),
    openai: choose('openai'),
  };
  if (missing.length > 0) throw new ConfigError(missing.join('\n'));
  const webhookKey = WEBHOOK_KEY ?? randomBytes(18).toString('base64url');
  return { port: PORT, engine: DYNAMODB_ENGINE, webhookKey, vendors };
}

/** Whether some vendor is not a stand-in of ours: then nothing invented is sent unless asked for. */
export function reachesRealVendor({ vendors }: LocalConfig): boolean {
  return VENDORS.some((name) => vendors[name].kind === 'given');
}

function isNoneKey(key: string): boolean {
  return VENDORS.some((name) => VENDOR_KEYS[name].none === key);
}

function chooseVendor(
  { fields, required, none }: VendorKeys,
  environment: Environment,
  missing: string[],
): VendorChoice {
  if (none !== undefined && environment[none] === '') return { kind: 'none' };
  const keys: Record<string, string> = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = environmentValue(environment, key);
    if (value !== undefined) keys[field] = value;
  }
  if (Object.keys(keys).length === 0) return { kind: 'stand-in' };
  for (const key of required) {
    if (environmentValue(environment, key) === undefined) {
      missing.push(`${key} is missing: it is needed as soon as one of ${Object.keys(fields).join(', ')} is set`);
    }
  }
  return { kind: 'given', keys };
}

function environmentValue(environment: Environment, key: string): string | undefined {
  const entry = Object.entries(environment).find(([name]) => name === key);
  return entry?.[1] === undefined ? undefined : String(entry[1]);
}
