import * as z from 'zod';
import { requiredText } from '../../shared/settings/environment.ts';
import { parseEnvironment } from '../../shared/settings/parse-environment.ts';

/** @throws ConfigurationError naming each variable that is missing. */
export function readConfig() {
  const schema = z.object({
    QUEUE_URL: requiredText,
    BOOKINGS_TABLE: requiredText,
    GUESTS_TABLE: requiredText,
    OPERATIONS_TABLE: requiredText,
    DECISIONS_TABLE: requiredText,
    MAILCHIMP_SECRET_ID: requiredText,
  });
  const environment = parseEnvironment(schema, process.env);
  return {
    queueUrl: environment.QUEUE_URL,
    tables: {
      bookings: environment.BOOKINGS_TABLE,
      guests: environment.GUESTS_TABLE,
      operations: environment.OPERATIONS_TABLE,
      decisions: environment.DECISIONS_TABLE,
    },
    mailchimpSecretId: environment.MAILCHIMP_SECRET_ID,
  };
}
