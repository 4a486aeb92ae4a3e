import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
  RedrivePermission,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ConsumerName } from '../stages.ts';
import { acknowledge } from './nag.ts';
import { type Deployment, NodeFunction, type NodeFunctionProps } from './node-function.ts';
import { mayConsume, maySend } from './rights.ts';

/** SQS keeps a message for at most so long; what failed waits in the DLQ as long again. */
const RETENTION = Duration.days(14);

/**
 * Every receive counts, also of a message that only shares its group with a failing one, so this is generous. What can
 * never succeed is parked long before; with the back-off between attempts, a vendor may be down for about an hour
 * before its messages are set aside, and redriving them is always safe. A sink's messages step aside long before.
 */
const MAX_RECEIVES = 50;

export interface FifoConsumerProps extends Omit<NodeFunctionProps, 'name' | 'readsSettings'> {
  readonly name: ConsumerName;
  /** The rest of the queue's name after `harborlight-<stage>-`, without `.fifo`. */
  readonly queue: string;
  /** Its vendor may fail: then its messages wait, and one alarm tells of that for all destinations. */
  readonly isDestination?: boolean;
}

/** A consumer, whole: FIFO queue, dead-letter queue, function, the mapping between them, and an alarm for each. */
export class FifoConsumer extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** On while messages wait too long. */
  readonly ageAlarm: Alarm;
  readonly function: NodeFunction;

  constructor(scope: Construct, id: string, deployment: Deployment, props: FifoConsumerProps) {
    super(scope, id);
    const { stage } = deployment;
    const name = `harborlight-${stage.name}-${props.queue}`;
    this.deadLetters = this.#fifo('DeadLetters', `${name}-dlq.fifo`, {
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [this.#queueNamed(`${name}.fifo`)],
      },
    });
    this.queue = this.#fifo('Queue', `${name}.fifo`, {
      // AWS's rule: shorter, and a batch still in work could be handed out a second time.
      visibilityTimeout: Duration.seconds(6 * props.timeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    this.function = new NodeFunction(this, 'Function', deployment, {
      ...props,
      readsSettings: true,
      environment: { QUEUE_URL: this.queue.queueUrl, ...props.environment },
      rights: [mayConsume(this.queue), ...(props.sendsToItself ? [maySend(this.queue)] : []), ...props.rights],
    });
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.function.function,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency: stage.concurrency[props.name],
    });
    acknowledge(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'For SQS the queue itself has the dead-letter queue; a mapping takes no destination',
    });
    acknowledge(this.deadLetters, { 'Serverless-SQSRedrivePolicy': 'This is the dead-letter queue' });
    this.ageAlarm = this.#alarms(deployment, props);
  }

  #fifo(id: string, queueName: string, props: Partial<QueueProps>): Queue {
    return new Queue(this, id, {
      queueName,
      fifo: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      // SQS's own key: bodies hold personal data, and a key of ours would cost a KMS call for nearly every message.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      ...props,
    });
  }

  /** By name, since the queue and its dead-letter queue each have to name the other. */
  #queueNamed(queueName: string) {
    const arn = Stack.of(this).formatArn({
      service: 'sqs',
      resource: queueName,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    return Queue.fromQueueArn(this, 'ByName', arn);
  }

  #alarms({ stage, alarms }: Deployment, { queue, impact, isDestination = false }: FifoConsumerProps): Alarm {
    const period = Duration.minutes(1);
    const shared = { impact, query: 'errors', logGroupNames: [this.function.logGroupName] } as const;
    const age = alarms.add(this, 'Age', {
      ...shared,
      name: `${queue}-queue-age`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period }),
      threshold: stage.alarms.queueAge.toSeconds(),
      severity: 'page',
      runbook: 'Queue falling behind',
      isPart: isDestination,
    });
    alarms.add(this, 'DeadLettersVisible', {
      ...shared,
      name: `${queue}-dead-letters`,
      // Not NumberOfMessagesSent: it leaves out what SQS itself moves here.
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
      threshold: 1,
      severity: 'ticket',
      runbook: 'Dead letters',
      periods: { breaching: 1, of: 1 },
    });
    return age;
  }
}
