import type { Sqs, SqsMessage } from '../../infra/local/sqs.ts';
import { RAW_BODY_ATTRIBUTE } from '../../shared/webhook/raw-body.ts';
import { keep } from './trail.ts';

type KeepIt = (kind: 'queues', text: string) => void;

/** Keeps what stands beside the bodies of messages. A body that SQS takes as bytes only is still a body. */
export function keepAttributes(_url: string, messages: readonly SqsMessage[], keepIt: KeepIt = keep): void {
  for (const { Attributes, MessageAttributes } of messages) {
    const beside = Object.entries(MessageAttributes).filter(([name]) => name !== RAW_BODY_ATTRIBUTE);
    keepIt('queues', JSON.stringify({ ...Attributes, ...Object.fromEntries(beside) }));
  }
}

/** The same queues; what they give out is kept. */
export function keepingAttributes(sqs: Sqs): Sqs {
  return {
    ...sqs,
    receive: async (url, ...rest) => {
      const messages = await sqs.receive(url, ...rest);
      keepAttributes(url, messages);
      return messages;
    },
  };
}
