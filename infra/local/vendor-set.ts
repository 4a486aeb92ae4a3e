import { createFareHarbor, type FareHarbor, type FareHarborOptions } from '../../test/vendors/fareharbor/fareharbor.ts';
import { createMailchimp, type Mailchimp, type MailchimpOptions } from '../../test/vendors/mailchimp/mailchimp.ts';
import { createOpenAi, type OpenAi, type OpenAiOptions } from '../../test/vendors/openai/openai.ts';
import { createSalesforce, type Salesforce, type SalesforceOptions } from '../../test/vendors/salesforce/salesforce.ts';
import { type RunningVendor, serveVendor } from '../../test/vendors/server.ts';
import type { LocalConfig, VendorName } from './config.ts';

/** A stand-in and the server it is reached by. */
export interface StandIn<V> {
  readonly vendor: V;
  readonly server: RunningVendor;
}

/** All four stand-ins, running. One whose real vendor is used instead runs too, and is simply not called. */
export interface VendorSet {
  readonly fareharbor: StandIn<FareHarbor>;
  readonly salesforce: StandIn<Salesforce>;
  readonly mailchimp: StandIn<Mailchimp>;
  readonly openai: StandIn<OpenAi>;
  close(): Promise<void>;
}

export interface VendorSetOptions {
  readonly fareharbor?: FareHarborOptions;
  readonly salesforce?: SalesforceOptions;
  readonly mailchimp?: MailchimpOptions;
  readonly openai?: OpenAiOptions;
  /** Port of the first, the others following in the order FareHarbor, Salesforce, Mailchimp, OpenAI; 0 takes free ones. */
  readonly firstPort?: number;
}

/** Keys the stand-ins accept unless told otherwise. */
const STAND_IN_KEYS = {
  appKey: '00000000-0000-4000-8000-00000000000a',
  userKey: '00000000-0000-4000-8000-00000000000b',
  clientId: 'harborlight-local',
  clientSecret: 'local-secret',
  apiKey: 'local-key-us1',
  audienceId: 'audience01',
  openAiKey: 'sk-local',
  model: 'gpt-local',
} as const;

/** An app of the Salesforce stand-in that may change its set-up, as `npm run provision` wants it. */
export const ADMINISTRATOR = {
  SALESFORCE_ADMIN_CLIENT_ID: 'harborlight-admin',
  SALESFORCE_ADMIN_CLIENT_SECRET: 'local-admin-secret',
} as const;

/** Starts the four stand-ins on loopback, with their default keys. @throws when a port is taken. */
export async function startVendors(options: VendorSetOptions = {}): Promise<VendorSet> {
  const { firstPort = 0 } = options;
  const servers: RunningVendor[] = [];
  const serve = async <V extends Parameters<typeof serveVendor>[0]>(vendor: V): Promise<StandIn<V>> => {
    const server = await serveVendor(vendor, firstPort === 0 ? 0 : firstPort + servers.length);
    servers.push(server);
    return { vendor, server };
  };
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    return {
      fareharbor: await serve(createFareHarbor(options.fareharbor)),
      salesforce: await serve(createSalesforce(options.salesforce)),
      mailchimp: await serve(createMailchimp(options.mailchimp)),
      openai: await serve(createOpenAi(options.openai)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The environment that points at these stand-ins, as `npm run vendors` prints it and the configuration reads it. */
export function vendorEnvironment(vendors: VendorSet): Readonly<Record<string, string>> {
  const { fareharbor, salesforce, mailchimp, openai } = vendors;
  return {
    FAREHARBOR_API_URL: `${fareharbor.server.url}${fareharbor.vendor.apiPath}`,
    FAREHARBOR_APP_KEY: STAND_IN_KEYS.appKey,
    FAREHARBOR_USER_KEY: STAND_IN_KEYS.userKey,
    SALESFORCE_LOGIN_URL: salesforce.server.url,
    SALESFORCE_CLIENT_ID: STAND_IN_KEYS.clientId,
    SALESFORCE_CLIENT_SECRET: STAND_IN_KEYS.clientSecret,
    MAILCHIMP_API_URL: `${mailchimp.server.url}/3.0`,
    MAILCHIMP_API_KEY: STAND_IN_KEYS.apiKey,
    MAILCHIMP_AUDIENCE_ID: STAND_IN_KEYS.audienceId,
    OPENAI_BASE_URL: `${openai.server.url}/v1`,
    OPENAI_API_KEY: STAND_IN_KEYS.openAiKey,
    OPENAI_MODEL: STAND_IN_KEYS.model,
  };
}

/** First value of every secret: the webhook's key, and each vendor's as it was chosen, for all companies (`*`). */
export function secretsFor(config: LocalConfig, standIns: LocalConfig): Readonly<Record<string, unknown>> {
  const entry = (name: VendorName): unknown => {
    const choice = config.vendors[name].kind === 'stand-in' ? standIns.vendors[name] : config.vendors[name];
    return choice.kind === 'given' ? { '*': choice.keys } : {};
  };
  return {
    webhook: { current: config.webhookKey },
    fareharbor: entry('fareharbor'),
    salesforce: entry('salesforce'),
    mailchimp: entry('mailchimp'),
    openai: entry('openai'),
  };
}
