import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { compose } from '../observability/compose.ts';
import { type Consumer, type ConsumerDeps, consume } from './consumer.ts';

/** The Lambda handler of a FIFO queue's consumer. `consumerOf` is asked once per batch, for state that lives as long. */
export function consumerHandler(consumerOf: () => Consumer, deps: ConsumerDeps & { readonly sqs: SQSClient }) {
  return compose<SQSEvent, SQSBatchResponse>(deps.log, (event, context) =>
    consume(event, () => context.getRemainingTimeInMillis(), consumerOf(), deps),
  );
}
