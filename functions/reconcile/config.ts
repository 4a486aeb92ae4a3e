import * as z from 'zod';
import { jsonVariable, requiredText } from '../../shared/settings/environment.ts';
import { parseEnvironment } from '../../shared/settings/parse-environment.ts';

/** @throws ConfigurationError naming each variable that is missing or wrong. */
export function readConfig() {
  const schema = z.object({
    BOOKINGS_TABLE: requiredText,
    OPERATIONS_TABLE: requiredText,
    BOOKINGS_QUEUE_URL: requiredText,
    SINK_QUEUE_URLS: jsonVariable(z.record(z.string(), z.url())),
    FAREHARBOR_SECRET_ID: requiredText,
  });
  const environment = parseEnvironment(schema, process.env);
  return {
    tables: { bookings: environment.BOOKINGS_TABLE, operations: environment.OPERATIONS_TABLE },
    bookingsQueueUrl: environment.BOOKINGS_QUEUE_URL,
    /** Sink name → its queue. */
    sinkQueueUrls: environment.SINK_QUEUE_URLS,
    fareHarborSecretId: environment.FAREHARBOR_SECRET_ID,
  };
}
