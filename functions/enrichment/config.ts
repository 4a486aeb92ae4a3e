import * as z from 'zod';
import { jsonVariable, requiredText } from '../../shared/settings/environment.ts';
import { parseEnvironment } from '../../shared/settings/parse-environment.ts';

/** @throws ConfigurationError naming each variable that is missing or wrong. */
export function readConfig() {
  const schema = z.object({
    QUEUE_URL: requiredText,
    BOOKINGS_TABLE: requiredText,
    GUESTS_TABLE: requiredText,
    OPERATIONS_TABLE: requiredText,
    DECISIONS_TABLE: requiredText,
    SINK_QUEUE_URLS: jsonVariable(z.record(z.string(), z.url())),
    FAREHARBOR_SECRET_ID: requiredText,
    OPENAI_SECRET_ID: requiredText,
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
    /** Sink name → its queue. A new destination is one more entry here. */
    sinkQueueUrls: environment.SINK_QUEUE_URLS,
    fareHarborSecretId: environment.FAREHARBOR_SECRET_ID,
    openAiSecretId: environment.OPENAI_SECRET_ID,
  };
}
