import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { compose } from '../observability/compose.ts';
import type { InvocationMeter } from '../observability/lambda-meter.ts';
import { type Consumer, type ConsumerDeps, consume } from './consumer.ts';

/**
 * The Lambda handler of a FIFO queue's consumer.
 * @param consumerOf is asked once per batch, and given it: for state that lives as long.
 */
export function consumerHandler(
  consumerOf: (batch: readonly SQSRecord[]) => Consumer,
  deps: ConsumerDeps & { readonly meter: InvocationMeter },
) {
  return compose<SQSEvent, SQSBatchResponse>(deps, (event, context) =>
    consume(event, () => context.getRemainingTimeInMillis(), consumerOf(event.Records), deps),
  );
}
