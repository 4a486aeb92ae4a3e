import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** How a write on condition ended. */
export type Attempt<Output> =
  | { readonly refused: false; readonly output: Output }
  /** The condition did not hold; with what stands there instead, where the command asked for it and anything does. */
  | { readonly refused: true; readonly there: Record<string, AttributeValue> | undefined };

/**
 * Takes a condition that does not hold for an answer and not for a failure.
 * @param sent one write on condition, on its way.
 * @throws whatever else the write throws.
 */
export async function unlessRefused<Output>(sent: Promise<Output>): Promise<Attempt<Output>> {
  try {
    return { refused: false, output: await sent };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { refused: true, there: error.Item };
  }
}
