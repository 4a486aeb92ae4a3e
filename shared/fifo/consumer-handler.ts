import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { compose } from '../observability/compose.ts';
import { type Consumer, type ConsumerDeps, consume } from './consumer.ts';

/**
 * The Lambda handler of a FIFO queue's consumer.
 * @param consumerOf is asked once per batch, and given it: for state that lives as long.
 */
export function consumerHandler(
  consumerOf: (batch: readonly SQSRecord[]) => Consumer,
  deps: ConsumerDeps & { readonly sqs: SQSClient },
) {
  return compose<SQSEvent, SQSBatchResponse>(deps.log, (event, context) =>
    consume(event, () => context.getRemainingTimeInMillis(), consumerOf(event.Records), deps),
  );
}
