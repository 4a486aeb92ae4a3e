import type { SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { errorFacts, type Log, type Meter } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import type { SecretReader } from '../../shared/secrets/held-secret.ts';
import { messageOf, read } from './delivery.ts';
import { relaySignatureHolds } from './relay-signature.ts';
import { acceptKey, type WebhookSecret } from './webhook-key.ts';

/** Bytes. With its attributes a message stays below SQS's 1 MiB. */
export const LARGEST_BODY = 1_000_000;

export interface ReceiveDeps {
  readonly secret: SecretReader<WebhookSecret>;
  readonly send: (message: Omit<SendMessageCommandInput, 'QueueUrl'>) => Promise<unknown>;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/**
 * Answers one webhook: 200 exactly when the delivery is durable (or could never be read, and is kept for a person),
 * 503 when it is not, so that FareHarbor sends it again; 401, 405 and 413 to what is not FareHarbor's.
 */
export async function receive(
  event: APIGatewayProxyEventV2,
  deps: ReceiveDeps,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { requestId, http } = event.requestContext;
  if (http.method !== 'POST') return answer(405, 'send bookings with POST', { allow: 'POST' });
  try {
    const secret = await deps.secret();
    const key = acceptKey(event, secret);
    const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    if (key === undefined) return reject('webhook.wrong-key', deps);
    if (key.age === 'previous') deps.meter.count(METRIC.webhookOldKey);
    if (body.length > LARGEST_BODY) {
      deps.log.warn('webhook.too-large', { bytes: body.length });
      return answer(413, `the body is larger than ${LARGEST_BODY} bytes`);
    }
    if (!relaySignatureHolds(event.headers['x-fareharbor-signature'], body, secret.relaySecret)) {
      return reject('webhook.wrong-signature', deps);
    }
    const reading = read(body);
    const receivedAt = deps.now().toISOString();
    await deps.send(messageOf({ body, reading, requestId, receivedAt, keyCompany: key.company }));
    if (reading.kind === 'unreadable') return quarantined(reading.reason, deps);
    // Of a booking enrichment tells by the same id, and what was answered is in the access log.
    const tell = reading.kind === 'booking' ? deps.log.debug : deps.log.info;
    tell('webhook.accepted', { kind: reading.kind, group: reading.group });
    return answer(200, 'accepted');
  } catch (error) {
    deps.log.error('webhook.not-durable', errorFacts(error));
    return answer(503, 'not stored: send it again', { 'retry-after': '30' });
  }
}

function reject(event: string, { log, meter }: ReceiveDeps): APIGatewayProxyStructuredResultV2 {
  meter.count(METRIC.webhookRejected);
  log.warn(event);
  return answer(401, 'the webhook key is missing or wrong');
}

/** Sending it again would not make it readable and could cost the subscription: it is kept, and a person is told. */
function quarantined(reason: string, { log, meter }: ReceiveDeps): APIGatewayProxyStructuredResultV2 {
  meter.count(METRIC.webhookQuarantined);
  log.error('webhook.quarantined', { reason });
  return answer(200, 'kept for a person to look at');
}

function answer(
  statusCode: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ message }),
  };
}
