import type { SQSClient } from '@aws-sdk/client-sqs';
import { type AskEnrichment, askEnrichment } from './ask-enrichment.ts';

/** Has enrichment look again at a booking as it is held: with today's model answers, policies and reviews. */
export type LookAgain = AskEnrichment;

/**
 * Sends such wishes into the bookings queue. One that is sent twice is two looks, and the second finds nothing new.
 * @param queueUrl of the bookings queue.
 */
export function lookAgain(sqs: SQSClient, queueUrl: string, now: () => Date): LookAgain {
  return askEnrichment(sqs, queueUrl, 'look-again', now);
}
