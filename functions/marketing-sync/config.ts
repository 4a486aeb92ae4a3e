import * as z from 'zod';
import { parseEnvironment, requiredText, tablesOf, tableVariables } from '../../shared/settings/environment.ts';

/** @throws ConfigurationError naming each variable that is missing. */
export function readConfig() {
  const schema = z.object({
    QUEUE_URL: requiredText,
    ...tableVariables,
    MAILCHIMP_SECRET_ID: requiredText,
  });
  const environment = parseEnvironment(schema, process.env);
  return {
    queueUrl: environment.QUEUE_URL,
    tables: tablesOf(environment),
    mailchimpSecretId: environment.MAILCHIMP_SECRET_ID,
  };
}
