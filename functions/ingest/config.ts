import * as z from 'zod';
import { parseEnvironment, requiredText } from '../../shared/settings/environment.ts';

/** @throws ConfigurationError naming the variable that is missing. */
export function readConfig() {
  const schema = z.object({ BOOKINGS_QUEUE_URL: requiredText, WEBHOOK_SECRET_ID: requiredText });
  const environment = parseEnvironment(schema, process.env);
  return { queueUrl: environment.BOOKINGS_QUEUE_URL, webhookSecretId: environment.WEBHOOK_SECRET_ID };
}
