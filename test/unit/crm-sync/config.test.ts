import { afterEach, expect, test, vi } from 'vitest';
import { readConfig } from '../../../functions/crm-sync/config.ts';

const environment = {
  QUEUE_URL: 'https://sqs.test/crm.fifo',
  BOOKINGS_TABLE: 'bookings',
  GUESTS_TABLE: 'guests',
  OPERATIONS_TABLE: 'operations',
  DECISIONS_TABLE: 'decisions',
  SALESFORCE_SECRET_ID: 'harborlight/dev/salesforce',
};
afterEach(() => vi.unstubAllEnvs());

test('the environment is read', () => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  expect(readConfig()).toEqual({
    queueUrl: environment.QUEUE_URL,
    tables: { bookings: 'bookings', guests: 'guests', operations: 'operations', decisions: 'decisions' },
    salesforceSecretId: environment.SALESFORCE_SECRET_ID,
  });
});

test.each(Object.keys(environment))('without %s it fails at start and names it', (missing) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, name === missing ? undefined : value);
  expect(readConfig).toThrow(`environment: ${missing}: is not set`);
});
