import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Desk, openDesk, WEBHOOK_KEY } from './desk.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
// It throws where anything was changed anywhere, or a secret printed.
afterEach(() => desk.close());

test('an account and vendors with all that is needed are ready', async () => {
  const { code, output, row } = await desk.run();
  expect(output).toContain('Ready.');
  expect(code).toBe(0);
  expect(row('AWS region')).toContain('ok eu-west-1');
  expect(row('AWS identity')).toContain('ok account 123456789012, as arn:aws:iam::123456789012:user/operator');
  expect(row('CDK bootstrap')).toContain('ok version 28');
  expect(row('Lambda concurrency')).toContain('ok 1000 at once in this account and region, 40 needed');
  expect(output).not.toContain('missing');
  expect(output).not.toContain('wrong');
});

describe('the AWS account', () => {
  test('without a region: nothing else can be asked', async () => {
    vi.stubEnv('AWS_REGION', '');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
    const { code, row, output } = await desk.run();
    expect(code).toBe(1);
    expect(row('AWS region')).toContain('wrong');
    expect(row('AWS region')).toContain('set AWS_REGION');
    expect(output).not.toContain('AWS identity');
    expect(row('secrets and vendors')).toContain('missing not looked at');
    expect(output).not.toContain('secretsmanager');
  });

  test('without credentials that work', async () => {
    desk.account.forbidden = ['sts'];
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('AWS identity')).toContain('wrong AWS could not be asked (AccessDenied): sign in, or set AWS_PROFILE');
    expect(row('secrets and vendors')).toContain('missing not looked at');
    expect(desk.calls).toEqual(['sts GetCallerIdentity']);
  });

  test('never bootstrapped: with the command to run', async () => {
    desk.account.bootstrap = undefined;
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('CDK bootstrap')).toContain('missing run: npx cdk bootstrap aws://123456789012/eu-west-1');
  });

  test('bootstrapped too long ago', async () => {
    desk.account.bootstrap = 5;
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('CDK bootstrap')).toContain('wrong is of version 5, needed is 6');
  });

  test('with the ten functions at once that a new account has', async () => {
    desk.account.concurrency = 10;
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('Lambda concurrency')).toContain('wrong 10 at once in this account and region, 40 needed');
    expect(row('Lambda concurrency')).toContain('Service Quotas > AWS Lambda');
  });

  test('where others keep nearly all of them for themselves', async () => {
    desk.account.reserved = 970;
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('Lambda concurrency')).toContain('wrong 1000 at once in this account and region, 970 of them reserved');
  });

  test('with another number of them than the alarm was made for', async () => {
    desk.account.concurrency = 3000;
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('Lambda concurrency')).toContain('made for 1000: set accountConcurrency in infra/settings/dev.ts');
  });

  test('that does not let us look says which right is missing, and goes on with the rest', async () => {
    desk.account.forbidden = ['cloudformation', 'lambda'];
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('CDK bootstrap')).toContain('cloudformation:DescribeStacks');
    expect(row('Lambda concurrency')).toContain('lambda:GetAccountSettings');
    expect(row('secret webhook')).toContain('ok');
  });
});

describe('secrets', () => {
  const NAMES = ['webhook', 'fareharbor', 'salesforce', 'mailchimp', 'openai'];

  test('before the first deployment: says that it makes them', async () => {
    desk.account.secrets = {};
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    for (const name of NAMES) {
      expect(row(`secret ${name}`)).toContain(
        `missing harborlight/dev/${name} is made by the first deployment: deploy, fill it, run this again`,
      );
    }
  });

  test('that may not be read: with the right that is missing', async () => {
    desk.account.forbidden = ['secretsmanager'];
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    for (const name of NAMES) expect(row(`secret ${name}`)).toContain('secretsmanager:GetSecretValue');
  });

  test('empty ones mean: no API access, rules only, and two vendors that are not connected', async () => {
    for (const name of NAMES.slice(1)) desk.put(name, {});
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('FareHarbor: harbor-kayaks')).toContain('ok no API access');
    expect(row('model: harbor-kayaks')).toContain('ok no key: rules only');
    expect(row('Salesforce (harbor-kayaks)')).toContain('missing its secret has no entry');
    expect(row('Mailchimp (harbor-kayaks)')).toContain('missing its secret has no entry');
  });

  test.each(NAMES)('%s that is no JSON is named, and not shown', async (name) => {
    desk.put(name, 'hunter2-is-not-json');
    const { code, row, output } = await desk.run();
    expect(code).toBe(1);
    expect(row(`secret ${name}`)).toContain(`wrong harborlight/dev/${name} is not JSON: put it again`);
    expect(output).not.toContain('hunter2');
  });

  test.each([
    ['webhook', { current: 'short' }, 'current: a key of at least 16 characters'],
    ['webhook', {}, 'current'],
    ['webhook', { current: WEBHOOK_KEY, previous: 'short' }, 'previous: a key of at least 16 characters'],
    ['fareharbor', { '*': { appKey: 'hunter2-app' } }, '*.userKey'],
    ['fareharbor', { '*': { appKey: 'hunter2-app', userKey: 'u', apiUrl: 'nowhere' } }, '*.apiUrl'],
    ['salesforce', { '*': { loginUrl: 'https://a.test', clientId: 'hunter2' } }, 'either clientSecret, or username'],
    ['salesforce', { '*': { loginUrl: 'a.test', clientId: 'hunter2', clientSecret: 'x' } }, 'loginUrl'],
    ['mailchimp', { '*': { apiKey: 'hunter2', audienceId: 5 } }, '*.audienceId'],
    ['openai', { '*': { apiKey: 7 } }, '*.apiKey'],
    ['openai', { apiKey: 'hunter2-not-per-company' }, 'apiKey'],
  ])('%s of another shape is named by its key: %j', async (name, value, words) => {
    desk.put(name, value);
    const { code, row, output } = await desk.run();
    expect(code).toBe(1);
    expect(row(`secret ${name}`)).toContain(`wrong harborlight/dev/${name}: `);
    expect(row(`secret ${name}`)).toContain(words);
    expect(output).not.toContain('hunter2');
  });

  test('an entry for a company that the settings do not have would never be used', async () => {
    const entry = { appKey: '', userKey: '' };
    desk.put('fareharbor', { '*': entry, 'harbor-kayak': entry });
    desk.put('webhook', { current: WEBHOOK_KEY, companies: { umi: { current: `${WEBHOOK_KEY}-2` } } });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('secret fareharbor: entries')).toContain('wrong harbor-kayak: no company of the settings is called so');
    expect(row('secret webhook: entries')).toContain('they are harbor-kayaks, bateau-mouette, umi-tours');
  });

  test('a key that is being rotated is said to be so', async () => {
    desk.put('webhook', { current: WEBHOOK_KEY, previous: `${WEBHOOK_KEY}-before` });
    expect((await desk.run()).row('secret webhook')).toContain('previous key is still valid');
  });
});

describe('called wrongly', () => {
  test.each([[['--stag', 'dev']], [['dev']]])('%j is answered with the help', async (args) => {
    const { code, output } = await desk.run(args);
    expect(code).toBe(2);
    expect(output).toContain('npm run preflight --');
    expect(desk.calls).toEqual([]);
  });

  test('asked for help, it gives it', async () => {
    const { code, output } = await desk.run(['--help']);
    expect(code).toBe(0);
    expect(output).toContain('npm run preflight --');
  });

  test('an unknown stage is named, with those there are', async () => {
    const { code, output } = await desk.run(['--stage', 'live']);
    expect(code).toBe(2);
    expect(output).toContain("'live' does not exist; choose dev or prod");
  });

  test('the stage prod, which is looked at unless another is named, lacks a company and somebody to page as shipped', async () => {
    const { code, row } = await desk.run([]);
    expect(code).toBe(1);
    expect(row('companies')).toContain('missing add one in infra/settings/prod.ts');
    expect(row('who is paged')).toContain('missing nobody hears the alarms: set pageEmails in infra/settings/prod.ts');
  });
});
