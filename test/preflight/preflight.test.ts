import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { awsAccount } from '../../infra/preflight/aws-account.ts';
import { preflight } from '../../infra/preflight/command.ts';
import { createFareHarbor, defaultCredentials } from '../vendors/fareharbor/fareharbor.ts';
import { createMailchimp } from '../vendors/mailchimp/mailchimp.ts';
import { createOpenAi } from '../vendors/openai/openai.ts';
import { createSalesforce } from '../vendors/salesforce/salesforce.ts';
import { type RunningVendor, serveVendor, type Vendor } from '../vendors/server.ts';
import { type Account, type RunningAccount, startAccount } from './aws.ts';

const KEY = 'a-key-of-more-than-sixteen-characters';

let account: Account;
let aws: RunningAccount;
const vendors: RunningVendor[] = [];

async function serve(vendor: Vendor): Promise<string> {
  const server = await serveVendor(vendor);
  vendors.push(server);
  return server.url;
}

/** An account as after the first deployment, with every secret filled for the stand-ins. */
beforeEach(async () => {
  const [fareharbor, salesforce, mailchimp, openai] = [
    await serve(createFareHarbor()),
    await serve(createSalesforce()),
    await serve(createMailchimp()),
    await serve(createOpenAi({ models: ['gpt-local'] })),
  ];
  const secrets = {
    webhook: { current: KEY },
    fareharbor: { '*': { ...defaultCredentials, apiUrl: `${fareharbor}/api/external/v1/` } },
    salesforce: { '*': { loginUrl: salesforce, clientId: 'harborlight-local', clientSecret: 'local-secret' } },
    mailchimp: { '*': { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl: `${mailchimp}/3.0` } },
    openai: { '*': { apiKey: 'sk-local', baseUrl: `${openai}/v1`, model: 'gpt-local' } },
  };
  account = { bootstrap: 28, concurrency: 1000, secrets: {}, forbidden: [] };
  for (const [name, value] of Object.entries(secrets)) put(name, value);
  aws = await startAccount(account);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIALOCAL');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
  await Promise.all(vendors.splice(0).map((server) => server.close()));
});

function put(name: string, value: unknown): void {
  account.secrets[`harborlight/dev/${name}`] = typeof value === 'string' ? value : JSON.stringify(value);
}

async function run(args: readonly string[] = ['--stage', 'dev']) {
  const printed: string[] = [];
  const code = await preflight(args, awsAccount, (text) => printed.push(text));
  const output = printed.join('\n');
  /** The table's row whose first cell begins so, on one line. */
  const row = (what: string): string => {
    const blocks = output.split(/^[├┌└].*$/m);
    const found = blocks.find((block) => block.trimStart().startsWith(`│ ${what}`)) ?? '';
    return found.replaceAll('│', ' ').replaceAll(/\s+/g, ' ').trim();
  };
  return { code, output, row };
}

test('an account and vendors with all that is needed are ready, and nothing was changed', async () => {
  const { code, output, row } = await run();
  expect(output).toContain('Ready.');
  expect(code).toBe(0);
  expect(row('AWS identity')).toContain('account 123456789012');
  expect(new Set(aws.calls)).toEqual(
    new Set([
      'sts GetCallerIdentity',
      'cloudformation DescribeStacks',
      'lambda GET /2016-08-19/account-settings',
      'secretsmanager GetSecretValue',
    ]),
  );
  const methods = vendors.flatMap(({ requests }) =>
    requests.filter(({ route }) => !['token', 'composite'].includes(route)).map(({ method }) => method),
  );
  expect([...new Set(methods)]).toEqual(['GET']);
  expect(output).not.toContain(KEY);
});

describe('the AWS account', () => {
  test('never bootstrapped: with the command to run', async () => {
    account.bootstrap = undefined;
    const { code, row } = await run();
    expect(code).toBe(1);
    expect(row('CDK bootstrap')).toContain('missing run: npx cdk bootstrap aws://123456789012/eu-west-1');
  });

  test('bootstrapped too long ago', async () => {
    account.bootstrap = 5;
    expect((await run()).row('CDK bootstrap')).toContain('wrong is of version 5, needed is 6');
  });

  test('with the ten functions at once that a new account has', async () => {
    account.concurrency = 10;
    const { code, row } = await run();
    expect(code).toBe(1);
    expect(row('Lambda concurrency')).toContain('10 at once in this account and region, 40 needed');
  });

  test('that does not let us look says which right is missing, and goes on with the rest', async () => {
    account.forbidden = ['cloudformation', 'lambda'];
    const { code, row } = await run();
    expect(code).toBe(1);
    expect(row('CDK bootstrap')).toContain('cloudformation:DescribeStacks');
    expect(row('Lambda concurrency')).toContain('lambda:GetAccountSettings');
    expect(row('secret webhook')).toContain('ok');
  });

  test('without credentials that work', async () => {
    account.forbidden = ['sts'];
    const { code, row } = await run();
    expect(code).toBe(1);
    expect(row('AWS identity')).toContain('wrong AWS could not be asked (AccessDenied): sign in, or set AWS_PROFILE');
  });
});

describe('secrets', () => {
  test('before the first deployment: says that it makes them', async () => {
    account.secrets = {};
    const { code, row } = await run();
    expect(code).toBe(1);
    for (const name of ['webhook', 'fareharbor', 'salesforce', 'mailchimp', 'openai']) {
      expect(row(`secret ${name}`)).toContain('missing');
      expect(row(`secret ${name}`)).toContain(`harborlight/dev/${name} is made by the first deployment`);
    }
  });

  test('empty ones mean: no API access, rules only, and two vendors that are not connected', async () => {
    for (const name of ['fareharbor', 'salesforce', 'mailchimp', 'openai']) put(name, {});
    const { code, row } = await run();
    expect(code).toBe(1);
    expect(row('FareHarbor: harbor-kayaks')).toContain('ok no API access');
    expect(row('model: harbor-kayaks')).toContain('ok no key: rules only');
    expect(row('Salesforce (harbor-kayaks)')).toContain('missing its secret has no entry');
    expect(row('Mailchimp (harbor-kayaks)')).toContain('missing its secret has no entry');
  });

  test('that are no JSON, or not of their shape, are named with the key and without a value', async () => {
    put('salesforce', 'hunter2-is-not-json');
    put('mailchimp', { '*': { apiKey: 'hunter2', audienceId: 5 } });
    put('webhook', { current: 'short' });
    const { row, output } = await run();
    expect(row('secret salesforce')).toContain('wrong harborlight/dev/salesforce is not JSON');
    expect(row('secret mailchimp')).toContain('audienceId');
    expect(row('secret webhook')).toContain('at least 16 characters');
    expect(output).not.toContain('hunter2');
  });

  test('a key that is being rotated is said to be so', async () => {
    put('webhook', { current: KEY, previous: `${KEY}-before` });
    expect((await run()).row('secret webhook')).toContain('previous key is still valid');
  });
});

describe('vendors', () => {
  test('FareHarbor refuses the keys', async () => {
    const [{ url } = { url: '' }] = vendors;
    put('fareharbor', { '*': { ...defaultCredentials, appKey: 'wrong', apiUrl: `${url}/api/external/v1/` } });
    expect((await run()).row('FareHarbor: harbor-kayaks')).toContain('wrong FareHarbor refuses the keys');
  });

  test('Salesforce refuses the login', async () => {
    const url = vendors[1]?.url ?? '';
    put('salesforce', { '*': { loginUrl: url, clientId: 'harborlight-local', clientSecret: 'not-the-one' } });
    const { row, output } = await run();
    expect(row('Salesforce (harbor-kayaks, bateau-mouette,')).toContain('ok');
    expect(output).toContain('Salesforce refused the login');
    expect(output).not.toContain('not-the-one');
  });

  test('Mailchimp does not know the audience', async () => {
    const url = vendors[2]?.url ?? '';
    put('mailchimp', { '*': { apiKey: 'local-key-us1', audienceId: '0000000000', apiUrl: `${url}/3.0` } });
    expect((await run()).code).toBe(1);
  });

  test('the model is not one that the server has, or the key not one it takes', async () => {
    const url = vendors[3]?.url ?? '';
    put('openai', { '*': { apiKey: 'sk-local', baseUrl: `${url}/v1`, model: 'gpt-gone' } });
    expect((await run()).row('model: harbor-kayaks')).toContain(
      'missing the server answers 404 when asked for gpt-gone',
    );
    put('openai', { '*': { apiKey: 'sk-wrong', baseUrl: `${url}/v1`, model: 'gpt-local' } });
    expect((await run()).row('model: harbor-kayaks')).toContain('wrong the server refuses the key');
  });
});

describe('called wrongly', () => {
  test.each([[['--stag', 'dev']], [['dev']]])('%j is answered with the help', async (args) => {
    const { code, output } = await run(args);
    expect(code).toBe(2);
    expect(output).toContain('npm run preflight --');
  });

  test('an unknown stage is named, with those there are', async () => {
    const { code, output } = await run(['--stage', 'live']);
    expect(code).toBe(2);
    expect(output).toContain("'live' does not exist; choose dev or prod");
  });

  test('the stage prod, as it is shipped, lacks a company and somebody to page', async () => {
    const { code, row } = await run(['--stage', 'prod']);
    expect(code).toBe(1);
    expect(row('companies')).toContain('missing add one in infra/settings/prod.ts');
    expect(row('who is paged')).toContain('missing');
  });
});
