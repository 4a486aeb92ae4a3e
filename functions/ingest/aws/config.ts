import * as z from 'zod/mini';
import { parseEnvironment } from '../../../shared/settings/parse-environment.ts';

const text = z.string('is not set').check(z.minLength(1, 'is empty'));
const address = z.optional(z.url({ protocol: /^https?$/, error: 'is no address' }));

/** Keys that Lambda gives a function; they hold for as long as its environment lives. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/**
 * Where the two services are, by the variables that every AWS client goes by.
 * @throws ConfigurationError naming the variable that is missing or wrong.
 */
export function readAwsConfig() {
  const schema = z.object({
    AWS_REGION: text,
    AWS_ENDPOINT_URL: address,
    AWS_ENDPOINT_URL_SQS: address,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: address,
  });
  const environment = parseEnvironment(schema, process.env);
  return {
    region: environment.AWS_REGION,
    sqsEndpoint: environment.AWS_ENDPOINT_URL_SQS ?? environment.AWS_ENDPOINT_URL,
    secretsEndpoint: environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? environment.AWS_ENDPOINT_URL,
  };
}

/**
 * The function's keys; read for each call, since nobody promises that they stay.
 * @throws ConfigurationError naming the variable that is missing, never a value.
 */
export function readAwsKeys(): AwsKeys {
  const schema = z.object({
    AWS_ACCESS_KEY_ID: text,
    AWS_SECRET_ACCESS_KEY: text,
    AWS_SESSION_TOKEN: z.optional(z.string()),
  });
  const environment = parseEnvironment(schema, process.env);
  return {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    sessionToken: environment.AWS_SESSION_TOKEN,
  };
}
