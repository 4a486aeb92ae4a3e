import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type AwsFigure, queueFigures } from '../../../infra/local/aws-metrics.ts';
import type { Lambda } from '../../../infra/local/lambda.ts';
import { scheduledEvent } from '../../../infra/local/schedules.ts';
import { type Stack, type StackOptions, startStack } from '../../../infra/local/stack.ts';
import { keepAttributes } from '../../evidence/queue-attributes.ts';
import { logFolder, seek } from '../../evidence/trail.ts';
import { until } from '../../pipeline/driver.ts';
import type { Published } from '../cloudwatch/timeline.ts';
import { type Emitted, readEmf } from './emf.ts';

/** What a process held that was ended comes back after this many seconds, instead of the template's minutes. */
const VISIBILITY_SECONDS = 2;

/** The local stack, with all that it publishes since the last `begin`. */
export interface Rig {
  readonly stack: Stack;
  /** The functions that the account has no execution left for, by service name. */
  readonly refused: Set<string>;
  /** What other programs of the account run at this moment. */
  readonly others: { executions: number };
  /** The local SQS, as a program of the operator's would reach it. */
  readonly sqs: SQSClient;
  /** Forgets what was published so far. */
  begin(): void;
  /** Everything published since: what functions print as metrics, and what AWS would count. */
  published(): Promise<readonly Published[]>;
  /** Values of a metric that a function's code emitted since. */
  emitted(service: string, metric: string): readonly number[];
  /** Waits until it emitted a value that is as wanted; any value by default. */
  awaitMetric(service: string, metric: string, wanted?: (value: number) => boolean): Promise<void>;
  /** Runs reconcile once, as its schedule does, and waits for what it measured. */
  reconcile(): Promise<void>;
  functionNamed(service: string): Lambda;
  /** Stops a function where it stands while it is called, until `meanwhile` is done. */
  frozen(service: string, call: () => Promise<unknown>, meanwhile: () => Promise<unknown>): Promise<void>;
  /** Ends what somebody began to break and did not mend. */
  mend(): void;
  close(): Promise<void>;
}

/**
 * Starts the stack of an assembly so that everything it publishes can be seen.
 * @param timeScale cuts timeouts to so many parts, and tells durations so many times longer.
 */
export async function startRig(assembly: string, { timeScale = 1, ...options }: StackOptions & { timeScale?: number }) {
  const figures: AwsFigure[] = [];
  const refused = new Set<string>();
  const others = { executions: 0 };
  const account = {
    others: () => others.executions,
    take: (figure: AwsFigure) => void figures.push(figure),
    refuses: (service: string) => refused.has(service),
    timeScale,
  };
  const stack = await startStack({
    assembly,
    account,
    logDirectory: logFolder(),
    onMessages: keepAttributes,
    scheduleMs: 0,
    warm: 1,
    concurrency: 1,
    ...options,
  });
  seek('keys', stack.webhookKey);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: 'us-east-1', credentials });
  const Attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS) };
  for (const { url: QueueUrl } of stack.plan.queues) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
  return rigOf({ stack, sqs, refused, others, figures });
}

interface Parts extends Pick<Rig, 'stack' | 'sqs' | 'refused' | 'others'> {
  readonly figures: AwsFigure[];
}

function rigOf({ stack, sqs, refused, others, figures }: Parts): Rig {
  let since = Date.now();
  const functionNamed = (service: string): Lambda => {
    const found = stack.functions.get(service);
    if (found === undefined) throw new Error(`the template has no function ${service}`);
    return found;
  };
  const lines = (): Emitted[] =>
    stack
      .logs()
      .flatMap(readEmf)
      .filter(({ at }) => at >= since);
  const emitted = (service: string, metric: string): number[] =>
    lines().flatMap(({ name, dimensions, values }) =>
      name === metric && dimensions.service === service ? values : [],
    );
  const awaitMetric = (service: string, metric: string, wanted: (value: number) => boolean = () => true) =>
    until(`${service} emits ${metric}`, () => emitted(service, metric).some(wanted));
  return {
    stack,
    sqs,
    refused,
    others,
    emitted,
    awaitMetric,
    functionNamed,
    begin: () => {
      since = Date.now();
      figures.splice(0);
    },
    published: async () => {
      const queues = await queueFigures(stack.endpoints.sqs, stack.plan.queues);
      const counted = [...figures, ...queues].map(({ value, ...one }) => ({ ...one, values: [value] }));
      return [...lines(), ...counted].map(({ namespace, name, dimensions, values }) => ({
        namespace,
        name,
        dimensions,
        values,
      }));
    },
    reconcile: async () => {
      const before = emitted('reconcile', 'CatchUpsPending').length;
      await functionNamed('reconcile').invoke(scheduledEvent());
      await until('reconcile has measured', () => emitted('reconcile', 'CatchUpsPending').length > before);
    },
    frozen: freezer(figures, functionNamed),
    mend: () => {
      const { fareharbor, salesforce, mailchimp, openai } = stack.vendors;
      for (const { server } of [fareharbor, salesforce, mailchimp, openai]) server.clearFaults();
      refused.clear();
      others.executions = 0;
    },
    close: async () => {
      sqs.destroy();
      await stack.close();
    },
  };
}

/** Stops processes by signals: nothing of the function runs, and its time goes on. */
function freezer(figures: readonly AwsFigure[], functionNamed: Rig['functionNamed']): Rig['frozen'] {
  return async (service, call, meanwhile) => {
    const { pids, definition } = functionNamed(service);
    const stopped = pids();
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    const calls = () =>
      figures.filter(({ name, dimensions }) => {
        return name === 'ConcurrentExecutions' && dimensions.FunctionName === definition.name;
      }).length;
    const before = calls();
    const called = call();
    await until(`${service} is called`, () => calls() > before);
    await meanwhile();
    for (const pid of stopped) if (pids().includes(pid)) process.kill(pid, 'SIGCONT');
    await called;
  };
}
