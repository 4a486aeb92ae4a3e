import * as z from 'zod/mini';
import { parseEnvironment } from '../../shared/settings/parse-environment.ts';

const text = z.string('is not set').check(z.minLength(1, 'is empty'));

/** @throws ConfigurationError naming the variable that is missing. */
export function readConfig() {
  const schema = z.object({ BOOKINGS_QUEUE_URL: text, WEBHOOK_SECRET_ID: text });
  const environment = parseEnvironment(schema, process.env);
  return { queueUrl: environment.BOOKINGS_QUEUE_URL, webhookSecretId: environment.WEBHOOK_SECRET_ID };
}
