import * as z from 'zod';
import { readAssembly } from './assembly.ts';
import type { InvocationResult } from './environment.ts';
import type { Lambda } from './lambda.ts';
import type { LocalQueue } from './template.ts';

/** A figure that AWS would publish by itself of what happened here, under the names that it has there. */
export interface AwsFigure {
  readonly namespace: 'AWS/Lambda' | 'AWS/SQS' | 'AWS/ApiGateway';
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What of an account all its functions share. */
export interface Account {
  /** Given each figure as it comes about. */
  readonly take: (figure: AwsFigure) => void;
  /** Whether no execution is left for this function, by its service name: AWS then refuses to run it. */
  readonly refuses: (service: string) => boolean;
  /** Executions at this moment of the account's other functions, which are none of the template's. */
  readonly others: () => number;
  /** Durations are told so many times longer than they were: for a stack whose timeouts were cut by as much. */
  readonly timeScale: number;
}

const THROTTLED: InvocationResult = {
  ok: false,
  errorType: 'TooManyRequestsException',
  errorMessage: 'Rate Exceeded.',
};

/**
 * The functions, counted as Lambda counts them: Invocations, Errors, Duration and ConcurrentExecutions of what ran,
 * Throttles of what was refused. A refused call is neither an invocation nor an error.
 */
export function countedLambdas(
  lambdas: ReadonlyMap<string, Lambda>,
  { take, refuses, others, timeScale }: Account,
): ReadonlyMap<string, Lambda> {
  let running = 0;
  const counted = (lambda: Lambda): Lambda => {
    let ownRunning = 0;
    const { name, service } = lambda.definition;
    const tell = (metric: string, value: number, dimensions: AwsFigure['dimensions'] = { FunctionName: name }) =>
      take({ namespace: 'AWS/Lambda', name: metric, dimensions, value, at: Date.now() });
    const invoke = async (event: unknown): Promise<InvocationResult> => {
      if (refuses(service)) {
        tell('Throttles', 1);
        return THROTTLED;
      }
      [running, ownRunning] = [running + 1, ownRunning + 1];
      tell('ConcurrentExecutions', ownRunning);
      for (const ofAll of ['ConcurrentExecutions', 'ClaimedAccountConcurrency']) tell(ofAll, running + others(), {});
      const startedAt = performance.now();
      const result = await lambda.invoke(event);
      [running, ownRunning] = [running - 1, ownRunning - 1];
      tell('Invocations', 1);
      tell('Throttles', 0);
      tell('Errors', result.ok ? 0 : 1);
      tell('Duration', (performance.now() - startedAt) * timeScale);
      return result;
    };
    return { ...lambda, invoke };
  };
  return new Map([...lambdas].map(([name, lambda]) => [name, counted(lambda)]));
}

/** Counts the answers of the template's HTTP API as API Gateway does: all of them, and those with 4xx and 5xx. */
export function answerCounter(assemblyDirectory: string, { take }: Account): (status: number) => void {
  const api = readAssembly(assemblyDirectory).resources.find(({ type }) => type === 'AWS::ApiGatewayV2::Api');
  const dimensions = { ApiId: `${api?.stackName}-${api?.logicalId}`, Stage: '$default' };
  return (status) => {
    const tell = (name: string, value: number) =>
      take({ namespace: 'AWS/ApiGateway', name, dimensions, value, at: Date.now() });
    tell('Count', 1);
    tell('4xx', status >= 400 && status < 500 ? 1 : 0);
    tell('5xx', status >= 500 ? 1 : 0);
  };
}

const storedSchema = z.looseObject({ sentTimestamp: z.number(), approximateReceiveCount: z.number() });
const queueSchema = z.object({
  messages: z.object({
    ready: z.array(storedSchema),
    inflight: z.array(z.object({ message: storedSchema })),
  }),
});
/** SQS leaves a message out of the age once it was received more often than this: it counts as poison. */
const POISON_AFTER = 3;

/** What SQS tells of each queue every minute, as it is now. */
export async function queueFigures(sqsUrl: string, queues: readonly LocalQueue[]): Promise<AwsFigure[]> {
  const of = async ({ name: QueueName }: LocalQueue): Promise<AwsFigure[]> => {
    const response = await fetch(`${sqsUrl}/_fauxqs/queues/${QueueName}`);
    const { ready, inflight } = queueSchema.parse(await response.json()).messages;
    const at = Date.now();
    const waiting = [...ready, ...inflight.map(({ message }) => message)];
    const sent = waiting.filter((one) => one.approximateReceiveCount <= POISON_AFTER).map((one) => one.sentTimestamp);
    const tell = (name: string, value: number): AwsFigure => ({
      namespace: 'AWS/SQS',
      name,
      dimensions: { QueueName },
      value,
      at,
    });
    return [
      tell('ApproximateNumberOfMessagesVisible', ready.length),
      tell('ApproximateNumberOfMessagesNotVisible', inflight.length),
      tell('ApproximateAgeOfOldestMessage', sent.length === 0 ? 0 : Math.ceil((at - Math.min(...sent)) / 1000)),
    ];
  };
  return (await Promise.all(queues.map(of))).flat();
}
