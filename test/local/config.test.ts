import { describe, expect, it } from 'vitest';
import { ConfigError, reachesRealVendor, readConfig } from '../../infra/local/config.ts';

describe('the local configuration', () => {
  it('takes stand-ins, any port and a new webhook key when nothing is set', () => {
    const config = readConfig({ PATH: '/bin' });
    expect(config).toMatchObject({ port: 0, engine: undefined });
    expect(Object.values(config.vendors)).toEqual(Array(4).fill({ kind: 'stand-in' }));
    expect(config.webhookKey).toMatch(/^[\w-]{24}$/);
    expect(readConfig({}).webhookKey).not.toBe(config.webhookKey);
    expect(reachesRealVendor(config)).toBe(false);
  });

  it('takes a vendor of which a key is set as it is given, the others as stand-ins', () => {
    const config = readConfig({
      PORT: '8080',
      DYNAMODB_ENGINE: 'dynamodb-local',
      WEBHOOK_KEY: 'a-key-of-my-own-choice',
      MAILCHIMP_API_KEY: 'k-us1',
      MAILCHIMP_AUDIENCE_ID: 'a1',
    });
    expect(config).toMatchObject({ port: 8080, engine: 'dynamodb-local', webhookKey: 'a-key-of-my-own-choice' });
    expect(config.vendors.mailchimp).toEqual({ kind: 'given', keys: { apiKey: 'k-us1', audienceId: 'a1' } });
    expect(config.vendors.salesforce).toEqual({ kind: 'stand-in' });
    expect(reachesRealVendor(config)).toBe(true);
  });

  it.each(['FAREHARBOR_APP_KEY', 'OPENAI_API_KEY'])('takes an empty %s for no access', (key) => {
    const config = readConfig({ [key]: '' });
    const vendor = key.startsWith('FAREHARBOR') ? config.vendors.fareharbor : config.vendors.openai;
    expect(vendor).toEqual({ kind: 'none' });
    expect(reachesRealVendor(config)).toBe(false);
  });

  it('takes any other empty key as not set', () => {
    expect(readConfig({ SALESFORCE_CLIENT_ID: '', PORT: '' }).vendors.salesforce).toEqual({ kind: 'stand-in' });
  });

  it.each([
    [{ PORT: '70000' }, ['PORT']],
    [{ PORT: 'web' }, ['PORT']],
    [{ DYNAMODB_ENGINE: 'dynalite' }, ['DYNAMODB_ENGINE', 'dynoxide', 'dynamodb-local']],
    [{ WEBHOOK_KEY: 'short' }, ['WEBHOOK_KEY', '16']],
    [{ SALESFORCE_LOGIN_URL: 'acme.my' }, ['SALESFORCE_LOGIN_URL', 'http(s)']],
    [{ SALESFORCE_CLIENT_SECRET: 'hush-hush' }, ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID']],
    [{ FAREHARBOR_API_URL: 'https://fareharbor.test' }, ['FAREHARBOR_APP_KEY', 'FAREHARBOR_USER_KEY']],
    [{ OPENAI_MODEL: 'gpt' }, ['OPENAI_API_KEY']],
    [{ MAILCHIMP_AUDIENCE_ID: 'a1' }, ['MAILCHIMP_API_KEY']],
  ])('names what is wrong in %j, and no value', (environment, named) => {
    const problem = (() => {
      try {
        readConfig(environment);
        return undefined;
      } catch (error) {
        return error;
      }
    })();
    expect(problem).toBeInstanceOf(ConfigError);
    for (const word of named) expect(String(problem)).toContain(word);
    expect(String(problem)).not.toContain('hush-hush');
  });
});
