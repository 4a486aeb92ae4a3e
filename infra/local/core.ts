import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Account, answerCounter, countedLambdas } from './aws-metrics.ts';
import type { DynamoDbEngine } from './dynamodb.ts';
import { type Engines, startEngines } from './engines.ts';
import type { Endpoints } from './environment.ts';
import { type EventSource, startEventSource } from './event-source.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { compileRuntime, type Lambda, startLambda } from './lambda.ts';
import { startSchedules } from './schedules.ts';
import { type RunningSecrets, startSecrets } from './secrets.ts';
import { createSqs, type QueueDepth, type Sqs, type SqsMessage } from './sqs.ts';
import { synthesize } from './synth.ts';
import { createDynamoDb, createTables } from './tables.ts';
import { type LocalPlan, readPlan } from './template.ts';

export interface CoreOptions {
  /** A cloud assembly (`cdk.out`); undefined synthesizes the project's own. */
  readonly assembly?: string | undefined;
  /** Port of the gateway; 0, the default, takes any free one. */
  readonly port?: number;
  readonly engine?: DynamoDbEngine | undefined;
  /** First value of each secret, by the last part of its name (`mailchimp` for `harborlight/dev/mailchimp`). */
  readonly secrets?: Readonly<Record<string, unknown>>;
  /** Environments that each function has from the start. Default 2. */
  readonly warm?: number;
  /** Environments that each function may have; a mapping's own MaximumConcurrency still holds. Default 2. */
  readonly concurrency?: number;
  /** False leaves the queues alone: what is sent stays where it is. Default true. */
  readonly consume?: boolean;
  /** Milliseconds between two runs of every scheduled function; undefined takes the template's; 0 starts no schedule. */
  readonly scheduleMs?: number | undefined;
  /** Where each function's output is written to as well; undefined keeps it in memory only. */
  readonly logDirectory?: string | undefined;
  /** Shown every message as a function is given it, with the queue's address. */
  readonly onMessages?: ((url: string, messages: readonly SqsMessage[]) => void) | undefined;
  /** Counts what AWS would count, and may refuse to run functions; by default nothing is counted and all runs. */
  readonly account?: Account;
  /** Told what is being done, for people who wait. */
  readonly onProgress?: ((step: string) => void) | undefined;
}

/** The template's resources, running on this machine. */
export interface Core {
  readonly plan: LocalPlan;
  readonly endpoints: Endpoints;
  /** Where the HTTP API listens. */
  readonly url: string;
  readonly port: number;
  /** By the function's service name (`ingest`), which is SERVICE_NAME in its environment. */
  readonly functions: ReadonlyMap<string, Lambda>;
  readonly secrets: RunningSecrets;
  readonly dynamoDb: DynamoDBClient;
  /** What lies in each queue now, by the queue's name. */
  queues(): Promise<ReadonlyMap<string, QueueDepth>>;
  /** Whether every queue that has a consumer is empty and no batch is being worked on. */
  idle(): Promise<boolean>;
  /** Switches a queue's event source mapping off for good: what is sent there waits. */
  switchOff(queueName: string): Promise<void>;
  /** Newest lines that one function, or all of them, printed. */
  logs(service?: string): readonly string[];
  /** Ends everything; nothing is left behind but the log directory. */
  close(): Promise<void>;
}

type Cleanup = () => Promise<unknown> | unknown;

/**
 * Runs a synthesized template on this machine: engines for SQS and DynamoDB, Secrets Manager, each function from its
 * own bundle in processes of its own, its HTTP API and its event source mappings; all of it on loopback.
 *
 * @throws when something does not start; what had started is ended first.
 */
export async function startCore(options: CoreOptions): Promise<Core> {
  const cleanups: Cleanup[] = [];
  const close = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return await start(options, cleanups, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: CoreOptions, cleanups: Cleanup[], close: () => Promise<void>): Promise<Core> {
  const progress = options.onProgress ?? (() => undefined);
  const workDirectory = mkdtempSync(join(tmpdir(), 'harborlight-'));
  cleanups.push(() => rmSync(workDirectory, { recursive: true, force: true }));
  if (options.logDirectory !== undefined) mkdirSync(options.logDirectory, { recursive: true });

  const assembly = options.assembly ?? join(workDirectory, 'cdk.out');
  progress(
    options.assembly === undefined ? 'synthesizing the template, starting SQS and DynamoDB' : 'starting engines',
  );
  const [engines] = await settled([
    startEngines(options.engine).then((started) => {
      cleanups.push(() => started.stop());
      return started;
    }),
    options.assembly === undefined ? synthesize(assembly) : undefined,
  ]);
  const plan = readPlan(assembly, engines.sqsUrl);

  progress('creating tables, queues and secrets');
  const { sqs, dynamoDb, secrets } = await createResources(plan, engines, options, cleanups);
  const endpoints = { sqs: engines.sqsUrl, dynamoDb: engines.dynamoDbUrl, secretsManager: secrets.url };

  progress('starting functions');
  const lambdas = startLambdas(plan, endpoints, workDirectory, options, cleanups);
  await Promise.all([...lambdas.values()].map((lambda) => lambda.ready()));
  const sources = options.consume === false ? [] : startSources(plan, lambdas, sqs, options, cleanups);
  cleanups.push(startSchedules(plan.schedules, lambdas, options.consume === false ? 0 : options.scheduleMs));
  const count = options.account && answerCounter(assembly, options.account);
  const gateway = await startGateway(plan.routes, lambdas, options.port ?? 0, count);
  cleanups.push(() => gateway.close());
  return assemble({ plan, endpoints, gateway, lambdas, sources, secrets, dynamoDb, sqs, close });
}

/** Waits for all, even when one fails, so that what did start is known to the cleanups before they run. */
async function settled<A, B>([a, b]: readonly [Promise<A>, Promise<B> | undefined]): Promise<
  readonly [A, B | undefined]
> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

async function createResources(plan: LocalPlan, engines: Engines, options: CoreOptions, cleanups: Cleanup[]) {
  const sqs = createSqs(engines.sqsUrl);
  const dynamoDb = createDynamoDb(engines.dynamoDbUrl);
  cleanups.push(
    () => sqs.close(),
    () => dynamoDb.destroy(),
  );
  // A queue names its dead-letter queue, which then has to be there.
  const createQueues = async (): Promise<void> => {
    const plain = plan.queues.filter((queue) => queue.attributes.RedrivePolicy === undefined);
    const redriven = plan.queues.filter((queue) => queue.attributes.RedrivePolicy !== undefined);
    for (const queues of [plain, redriven]) await Promise.all(queues.map((queue) => sqs.createQueue(queue)));
  };
  const seeds = new Map(
    plan.secrets.map(({ name }) => [name, options.secrets?.[name.split('/').at(-1) ?? name] ?? {}]),
  );
  const [secrets] = await Promise.all([
    startSecrets(plan.secrets, seeds),
    createQueues(),
    createTables(dynamoDb, plan.tables),
  ]);
  cleanups.push(() => secrets.close());
  return { sqs, dynamoDb, secrets };
}

function startLambdas(
  plan: LocalPlan,
  endpoints: Endpoints,
  workDirectory: string,
  options: CoreOptions,
  cleanups: Cleanup[],
): ReadonlyMap<string, Lambda> {
  const runtimeFile = compileRuntime(workDirectory);
  const { warm = 2, logDirectory, account } = options;
  const concurrency = Math.max(warm, options.concurrency ?? 2);
  const called = new Set([...plan.mappings, ...plan.routes].map(({ functionName }) => functionName));
  const scale = account?.timeScale ?? 1;
  const lambdas = new Map(
    plan.functions.map((planned) => {
      const definition = { ...planned, timeoutMs: planned.timeoutMs / scale };
      // What only a schedule calls starts when it is first called, one at a time.
      const size = called.has(definition.name) ? { warm, concurrency } : { warm: 0, concurrency: 1 };
      const lambda = startLambda({ definition, runtimeFile, endpoints, ...size, logDirectory });
      cleanups.push(() => lambda.close());
      return [definition.name, lambda];
    }),
  );
  return account === undefined ? lambdas : countedLambdas(lambdas, account);
}

function startSources(
  plan: LocalPlan,
  lambdas: ReadonlyMap<string, Lambda>,
  sqs: Sqs,
  { warm = 2, concurrency = 2, onMessages }: CoreOptions,
  cleanups: Cleanup[],
): readonly EventSource[] {
  const shown: Sqs = onMessages === undefined ? sqs : { ...sqs, receive: showing(sqs.receive, onMessages) };
  return plan.mappings.map((mapping) => {
    const lambda = lambdas.get(mapping.functionName);
    if (lambda === undefined)
      throw new Error(`a mapping names the function ${mapping.functionName}, which is not there`);
    const allowed = Math.min(Math.max(warm, concurrency), mapping.maximumConcurrency ?? Number.POSITIVE_INFINITY);
    const source = startEventSource(mapping, lambda, shown, allowed);
    // Not waited for: what is in flight ends when its function is stopped, which comes next.
    cleanups.push(() => {
      void source.close();
    });
    return source;
  });
}

function showing(receive: Sqs['receive'], show: NonNullable<CoreOptions['onMessages']>): Sqs['receive'] {
  return async (url, ...rest) => {
    const messages = await receive(url, ...rest);
    show(url, messages);
    return messages;
  };
}

interface Parts {
  readonly plan: LocalPlan;
  readonly endpoints: Endpoints;
  readonly gateway: Gateway;
  readonly lambdas: ReadonlyMap<string, Lambda>;
  readonly sources: readonly EventSource[];
  readonly secrets: RunningSecrets;
  readonly dynamoDb: DynamoDBClient;
  readonly sqs: Sqs;
  readonly close: () => Promise<void>;
}

function assemble({ plan, endpoints, gateway, lambdas, sources, secrets, dynamoDb, sqs, close }: Parts): Core {
  const functions = new Map([...lambdas.values()].map((lambda) => [lambda.definition.service, lambda]));
  const consumed = sources.map((source) => source.queueName);
  return {
    plan,
    endpoints,
    url: gateway.url,
    port: gateway.port,
    functions,
    secrets,
    dynamoDb,
    queues: () => sqs.depths(),
    idle: async () => {
      if (sources.some((source) => source.inFlight > 0)) return false;
      const depths = await sqs.depths();
      return consumed.every((name) => {
        const depth = depths.get(name);
        return depth === undefined || depth.visible + depth.inFlight === 0;
      });
    },
    switchOff: async (queueName) => {
      await Promise.all(sources.filter((source) => source.queueName === queueName).map((source) => source.close()));
    },
    logs: (service) =>
      [...functions].filter(([name]) => service === undefined || name === service).flatMap(([, one]) => one.logs.lines),
    close,
  };
}
