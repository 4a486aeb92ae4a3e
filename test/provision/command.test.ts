import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createMailchimp } from '../vendors/mailchimp/mailchimp.ts';
import { serveVendor } from '../vendors/server.ts';
import { ran } from './run.ts';

describe('the environment', () => {
  test('Mailchimp: each missing variable is named', async () => {
    const { code, output } = await ran(['mailchimp'], {});
    expect(code).toBe(2);
    expect(output).toContain('MAILCHIMP_API_KEY: is not set');
    expect(output).toContain('MAILCHIMP_AUDIENCE_ID: is not set');
  });

  test('Salesforce: each missing or empty variable is named', async () => {
    const { code, output } = await ran(['salesforce', '--check'], {
      SALESFORCE_LOGIN_URL: '',
      SALESFORCE_CLIENT_ID: '',
    });
    expect(code).toBe(2);
    expect(output).toContain('SALESFORCE_LOGIN_URL: is not set');
    expect(output).toContain('SALESFORCE_CLIENT_ID: is empty');
    expect(output).toContain('SALESFORCE_CLIENT_SECRET: is not set');
  });

  test.each([
    ['mailchimp', { MAILCHIMP_API_KEY: 'cut-off-key', MAILCHIMP_AUDIENCE_ID: 'audience01' }, 'data centre'],
    [
      'mailchimp',
      { MAILCHIMP_API_KEY: 'a-us1', MAILCHIMP_AUDIENCE_ID: 'b', MAILCHIMP_API_URL: 'ftp://nowhere.test' },
      'http(s)',
    ],
    [
      'salesforce',
      {
        SALESFORCE_LOGIN_URL: 'tell-nobody',
        SALESFORCE_CLIENT_ID: 'client-one',
        SALESFORCE_CLIENT_SECRET: 'secret-one',
      },
      'SALESFORCE_LOGIN_URL: must be an http(s) address',
    ],
  ])('%s: a wrong value is named by its variable and not shown', async (vendor, environment, words) => {
    const { code, output } = await ran([vendor], environment);
    expect(code).toBe(2);
    expect(output).toContain(words);
    for (const value of Object.values(environment).filter(({ length }) => length > 5)) {
      expect(output).not.toContain(value);
    }
  });
});

describe('the command line', () => {
  test.each([[[]], [['hubspot']], [['mailchimp', 'salesforce']], [['mailchimp', '--chek']]])(
    '%j is answered with the help, and nothing is called',
    async (args) => {
      const { code, output } = await ran(args, {});
      expect(code).toBe(2);
      expect(output).toContain('npm run provision -- <vendor> [--check | --dry-run]');
    },
  );

  test('--help is no mistake', async () => {
    expect((await ran(['--help'], {})).code).toBe(0);
  });
});

test('the program itself prints the table and ends with the exit code', async () => {
  const server = await serveVendor(createMailchimp({ mergeFields: 'mailchimp' }));
  try {
    const program = fileURLToPath(new URL('../../infra/provision/provision.ts', import.meta.url));
    const child = spawn(process.execPath, [program, 'mailchimp', '--check'], {
      env: {
        MAILCHIMP_API_URL: `${server.url}/3.0`,
        MAILCHIMP_API_KEY: 'local-key-us1',
        MAILCHIMP_AUDIENCE_ID: 'audience01',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(output).toContain('merge field LTV');
    expect(code).toBe(1);
  } finally {
    await server.close();
  }
});
