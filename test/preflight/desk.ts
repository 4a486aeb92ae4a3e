import { expect, vi } from 'vitest';
import * as z from 'zod';
import { awsAccount } from '../../infra/preflight/aws-account.ts';
import { preflight } from '../../infra/preflight/command.ts';
import { secretTexts } from '../../infra/preflight/secrets.ts';
import { rowsOf } from '../provision/run.ts';
import { type Account, startAccount } from '../vendors/aws/account.ts';
import { createFareHarbor, defaultCredentials } from '../vendors/fareharbor/fareharbor.ts';
import { createMailchimp } from '../vendors/mailchimp/mailchimp.ts';
import { createOpenAi } from '../vendors/openai/openai.ts';
import { createSalesforce, type Salesforce, type SalesforceOptions } from '../vendors/salesforce/salesforce.ts';
import { type RunningVendor, serveVendor } from '../vendors/server.ts';

export const WEBHOOK_KEY = 'a-key-of-more-than-sixteen-characters';
const READING = [
  'sts GetCallerIdentity',
  'cloudformation DescribeStacks',
  'lambda GET /2016-08-19/account-settings',
  'secretsmanager GetSecretValue',
];
const compositeSchema = z.object({ compositeRequest: z.array(z.object({ method: z.string() })) });

/** What one run printed. */
export interface Ran {
  readonly code: number;
  readonly output: string;
  /** The table's row whose first cell begins so, on one line; empty where there is none. */
  row(what: string): string;
}

export interface Desk {
  readonly account: Account;
  readonly salesforce: Salesforce;
  readonly mailchimp: ReturnType<typeof createMailchimp>;
  readonly servers: Readonly<Record<'fareharbor' | 'salesforce' | 'mailchimp' | 'openai', RunningVendor>>;
  /** Calls that AWS saw, as `service Action`. */
  readonly calls: readonly string[];
  /** Sets a secret of the stage dev. */
  put(name: string, value: unknown): void;
  run(args?: readonly string[]): Promise<Ran>;
  /** @throws where anything was changed anywhere, or a secret printed. */
  close(): Promise<void>;
}

/** An account as after the first deployment, with every secret filled for the stand-ins. */
export async function openDesk(options: SalesforceOptions = {}): Promise<Desk> {
  const salesforce = createSalesforce(options);
  const mailchimp = createMailchimp();
  const servers = {
    fareharbor: await serveVendor(createFareHarbor()),
    salesforce: await serveVendor(salesforce),
    mailchimp: await serveVendor(mailchimp),
    openai: await serveVendor(createOpenAi({ models: ['gpt-local'] })),
  };
  const account: Account = { bootstrap: 28, concurrency: 1000, reserved: 0, secrets: {}, forbidden: [] };
  const aws = await startAccount(account);
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIALOCAL',
    AWS_SECRET_ACCESS_KEY: 'local',
  })) {
    vi.stubEnv(name, value);
  }
  /** Every secret there ever was here, since a later one may be in the place of one that was read. */
  const everPut: string[] = [];
  let printed = '';
  const put = (name: string, value: unknown): void => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    account.secrets[`harborlight/dev/${name}`] = text;
    everPut.push(...secretTexts(text));
  };
  for (const [name, value] of Object.entries(secretsFor(servers))) put(name, value);
  return {
    account,
    salesforce,
    mailchimp,
    servers,
    calls: aws.calls,
    put,
    async run(args = ['--stage', 'dev']) {
      const ran = await runPreflight(args);
      printed += ran.output;
      return ran;
    },
    async close() {
      vi.unstubAllEnvs();
      await Promise.all([aws.close(), ...Object.values(servers).map((server) => server.close())]);
      expect(aws.calls.filter((call) => !READING.includes(call))).toEqual([]);
      expect(Object.values(servers).flatMap(changes)).toEqual([]);
      expect(salesforce.history).toEqual([]);
      expect(everPut.filter((secret) => printed.includes(secret))).toEqual([]);
    },
  };
}

function secretsFor(servers: Desk['servers']): Readonly<Record<string, unknown>> {
  return {
    webhook: { current: WEBHOOK_KEY },
    fareharbor: { '*': { ...defaultCredentials, apiUrl: `${servers.fareharbor.url}/api/external/v1/` } },
    salesforce: {
      '*': { loginUrl: servers.salesforce.url, clientId: 'harborlight-local', clientSecret: 'local-secret' },
    },
    mailchimp: { '*': { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl: `${servers.mailchimp.url}/3.0` } },
    openai: { '*': { apiKey: 'sk-local', baseUrl: `${servers.openai.url}/v1`, model: 'gpt-local' } },
  };
}

/** What a stand-in was asked that could have changed something. A composite is as harmless as its parts. */
function changes({ requests }: RunningVendor): string[] {
  return requests.flatMap(({ route, method, path, body }) => {
    if (method === 'GET' || route === 'token') return [];
    const parts = route === 'composite' ? compositeSchema.parse(JSON.parse(body)).compositeRequest : [{ method }];
    return parts.filter((part) => part.method !== 'GET').map((part) => `${part.method} ${path}`);
  });
}

async function runPreflight(args: readonly string[]): Promise<Ran> {
  const lines: string[] = [];
  const code = await preflight(args, awsAccount, (text) => lines.push(text));
  const output = lines.join('\n');
  const rows = [...rowsOf(output)].map(([what, { state, note }]) => `${what} ${state} ${note}`);
  return { code, output, row: (what) => rows.find((one) => one.startsWith(what)) ?? '' };
}
