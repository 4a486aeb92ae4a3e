import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { readConfig, VENDORS } from '../../infra/local/config.ts';
import { startEngines } from '../../infra/local/engines.ts';
import type { Endpoints } from '../../infra/local/environment.ts';
import { type EventSource, startEventSource } from '../../infra/local/event-source.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import { compileRuntime, type Lambda, startLambda } from '../../infra/local/lambda.ts';
import { scheduledEvent } from '../../infra/local/schedules.ts';
import { startSecrets } from '../../infra/local/secrets.ts';
import { createSqs, type Sqs } from '../../infra/local/sqs.ts';
import { createDynamoDb, createTables } from '../../infra/local/tables.ts';
import { type LocalFunction, type LocalPlan, readPlan } from '../../infra/local/template.ts';
import { secretsFor, startVendors, type VendorSet, vendorEnvironment } from '../../infra/local/vendor-set.ts';
import type { Deployed } from '../../infra/ops/deployed.ts';
import { keepingAttributes } from '../evidence/queue-attributes.ts';
import { logFolder, seek } from '../evidence/trail.ts';
import { stageOf } from './stage.ts';
import { awsCall, vendorCall } from './step.ts';
import { createTraffic, redelivering, type Traffic } from './traffic.ts';
import { createTripwire, type Tripwire } from './tripwire.ts';
import { openWire, type Wire, type WiredCall } from './wire.ts';

/** The one company with access to FareHarbor's API here; the others' bookings are known by their webhooks alone. */
export const COMPANY_WITH_API = 'harbor-kayaks';

/** Which function calls which vendor: each holds the keys of its own vendors alone. */
const VENDOR_CALLERS = {
  fareharbor: 'enrichment',
  openai: 'enrichment',
  salesforce: 'crm-sync',
  mailchimp: 'marketing-sync',
} as const;

/** The pipeline from its own bundles, with every call of every function going over a wire that can be tripped. */
export interface Rig {
  readonly vendors: VendorSet;
  readonly dynamoDb: DynamoDBClient;
  readonly tripwire: Tripwire;
  readonly webhookUrl: string;
  /** Names of the tables by the variable that tells a function of them. */
  tableName(variable: 'BOOKINGS_TABLE' | 'GUESTS_TABLE' | 'OPERATIONS_TABLE' | 'DECISIONS_TABLE'): string;
  /** What "npm run ops" reaches a deployed stage by. */
  readonly stage: Deployed;
  readonly traffic: Traffic;
  /** Runs reconcile once, as its schedule does. @returns whether it lived to the end. */
  reconcile(): Promise<boolean>;
  /** Whether every queue is empty, no batch is being worked on and no call is on its way. */
  idle(): Promise<boolean>;
  /** Messages in the dead-letter queues. */
  deadLetters(): Promise<number>;
  /**
   * Gives every function, or the one named, a process that knows nothing yet: no secret, no session. What processes
   * share (the operations table) is forgotten with it.
   */
  freshen(service?: string): Promise<void>;
  logs(service: string): readonly string[];
  close(): Promise<void>;
}

type Cleanup = () => Promise<unknown> | unknown;

/**
 * Starts the rig.
 * @param assembly a cloud assembly (`cdk.out`).
 * @throws when something does not start; what had started is ended first.
 */
export async function startRig(assembly: string): Promise<Rig> {
  const cleanups: Cleanup[] = [];
  const close = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return { ...(await start(assembly, cleanups)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(assembly: string, cleanups: Cleanup[]): Promise<Omit<Rig, 'close'>> {
  const workDirectory = mkdtempSync(join(tmpdir(), 'harborlight-faults-'));
  cleanups.push(() => rmSync(workDirectory, { recursive: true, force: true }));
  const tripwire = createTripwire();
  const lambdas = new Map<string, Lambda>();
  const wires: Wire[] = [];
  const wire: OpenWire = async (service, upstream, nameOf) => {
    const opened = await openWire({
      upstream,
      pass: (call) => tripwire.pass(service, nameOf(call)),
      kill: () => lambdas.get(service)?.crash(),
    });
    wires.push(opened);
    cleanups.push(() => opened.close());
    return opened.url;
  };

  const vendors = await startVendors({
    fareharbor: { rateLimit: false },
    salesforce: { requestLimit: 100_000_000, loginsPerHour: 1_000_000 },
  });
  cleanups.push(() => vendors.close());
  const engines = await startEngines(undefined);
  cleanups.push(() => engines.stop());
  const plan = readPlan(assembly, engines.sqsUrl);
  const sqs = keepingAttributes(createSqs(engines.sqsUrl));
  const dynamoDb = createDynamoDb(engines.dynamoDbUrl);
  cleanups.push(
    () => sqs.close(),
    () => dynamoDb.destroy(),
  );
  await createQueues(plan, sqs);
  await createTables(dynamoDb, plan.tables);
  const config = readConfig({});
  seek('keys', config.webhookKey);
  const seeds = await wiredSecrets(plan, vendors, config.webhookKey, wire);
  const secrets = await startSecrets(plan.secrets, seeds);
  cleanups.push(() => secrets.close());

  const upstreams = { sqs: engines.sqsUrl, dynamoDb: engines.dynamoDbUrl, secretsManager: secrets.url };
  await startFunctions({ plan, assembly, upstreams, workDirectory, wire, lambdas }, cleanups);
  const byName = new Map([...lambdas.values()].map((lambda) => [lambda.definition.name, lambda]));
  const traffic = createTraffic();
  const sources = startSources(plan, byName, sqs, { sqsUrl: engines.sqsUrl, traffic }, cleanups);
  const stage = stageOf(plan, dynamoDb, engines.sqsUrl);
  cleanups.push(() => stage.sqs.destroy());
  const gateway = await startGateway(plan.routes, byName, 0);
  cleanups.push(() => gateway.close());
  const webhookUrl = `${gateway.url}/webhooks/fareharbor/${config.webhookKey}`;
  const reconcile = async (): Promise<boolean> =>
    (await lambdas.get('reconcile')?.invoke(scheduledEvent()))?.ok === true;
  return {
    ...{ vendors, dynamoDb, tripwire, webhookUrl, stage, traffic, reconcile },
    ...watch({ lambdas, wires, sources, sqs, dynamoDb }),
  };
}

interface Watched {
  readonly lambdas: ReadonlyMap<string, Lambda>;
  readonly wires: readonly Wire[];
  readonly sources: readonly EventSource[];
  readonly sqs: Sqs;
  readonly dynamoDb: DynamoDBClient;
}

/** What can be asked of a rig that runs. */
function watch({ lambdas, wires, sources, sqs, dynamoDb }: Watched) {
  const consumed = new Set(sources.map(({ queueName }) => queueName));
  const waiting = async (isWanted: (queue: string) => boolean): Promise<number> => {
    const depths = [...(await sqs.depths())].filter(([queue]) => isWanted(queue));
    return depths.reduce((sum, [, { visible, inFlight }]) => sum + visible + inFlight, 0);
  };
  const tableName: Rig['tableName'] = (variable) => lambdas.get('enrichment')?.definition.environment[variable] ?? '';
  return {
    tableName,
    idle: async (): Promise<boolean> => {
      const busy = sources.some(({ inFlight }) => inFlight > 0) || wires.some(({ inFlight }) => inFlight > 0);
      return !busy && (await waiting((queue) => consumed.has(queue))) === 0;
    },
    deadLetters: () => waiting((queue) => !consumed.has(queue)),
    freshen: async (service?: string): Promise<void> => {
      const chosen = [...lambdas].filter(([name]) => service === undefined || name === service);
      await empty(dynamoDb, tableName('OPERATIONS_TABLE'));
      await Promise.all(chosen.map(([, lambda]) => replaceProcess(lambda)));
    },
    logs: (service: string): readonly string[] => lambdas.get(service)?.logs.lines ?? [],
  };
}

interface FunctionsToStart {
  readonly plan: LocalPlan;
  readonly assembly: string;
  readonly upstreams: Endpoints;
  readonly workDirectory: string;
  readonly wire: OpenWire;
  readonly lambdas: Map<string, Lambda>;
}

/** Starts one process of each function, with a wire of its own to every AWS service. */
async function startFunctions(
  { plan, assembly, upstreams, workDirectory, wire, lambdas }: FunctionsToStart,
  cleanups: Cleanup[],
): Promise<void> {
  const runtimeFile = compileRuntime(workDirectory);
  for (const { service, name } of functionsOnTheWay(plan)) {
    const endpoints = {
      sqs: await wire(service, upstreams.sqs, nameAws),
      dynamoDb: await wire(service, upstreams.dynamoDb, nameAws),
      secretsManager: await wire(service, upstreams.secretsManager, nameAws),
    };
    // The clients take the queue's own address for their endpoint, so it has to be the wire's.
    const definition = functionOf(readPlan(assembly, endpoints.sqs), name);
    const logDirectory = logFolder();
    const lambda = startLambda({ definition, runtimeFile, endpoints, warm: 1, concurrency: 1, logDirectory });
    cleanups.push(() => lambda.close());
    lambdas.set(service, lambda);
  }
  await Promise.all([...lambdas.values()].map((lambda) => lambda.ready()));
}

type OpenWire = (service: string, upstream: string, nameOf: (call: WiredCall) => string) => Promise<string>;

const nameAws = ({ headers, body }: WiredCall): string =>
  awsCall(String(headers['x-amz-target'] ?? ''), body.toString('utf8'));

async function createQueues({ queues }: LocalPlan, sqs: Sqs): Promise<void> {
  // A queue names its dead-letter queue, which then has to be there.
  const isPlain = ({ attributes }: LocalPlan['queues'][number]): boolean => attributes.RedrivePolicy === undefined;
  for (const queue of queues.filter(isPlain)) await sqs.createQueue(queue);
  for (const queue of queues.filter((one) => !isPlain(one))) await sqs.createQueue(queue);
}

const perCompany = z.record(z.string(), z.unknown());

/** The first values of all secrets: each vendor's address is a wire of the one function that calls it. */
async function wiredSecrets(
  plan: LocalPlan,
  vendors: VendorSet,
  webhookKey: string,
  wire: OpenWire,
): Promise<ReadonlyMap<string, unknown>> {
  let environment = JSON.stringify(vendorEnvironment(vendors));
  for (const vendor of VENDORS) {
    const upstream = vendors[vendor].server.url;
    const url = await wire(VENDOR_CALLERS[vendor], upstream, ({ method, path }) => vendorCall(vendor, method, path));
    environment = environment.replaceAll(upstream, url);
  }
  const config = { ...readConfig({}), webhookKey };
  const standIns = readConfig(z.record(z.string(), z.string()).parse(JSON.parse(environment)));
  const values = secretsFor(config, standIns);
  const fareharbor = { [COMPANY_WITH_API]: perCompany.parse(values.fareharbor)['*'] };
  const byVendor: Readonly<Record<string, unknown>> = { ...values, fareharbor };
  return new Map(plan.secrets.map(({ name }) => [name, byVendor[name.split('/').at(-1) ?? ''] ?? {}]));
}

/** The functions that a booking passes, and the one that looks after those left behind. */
function functionsOnTheWay({ functions, routes, mappings, schedules }: LocalPlan): readonly LocalFunction[] {
  const names = new Set([...routes, ...mappings, ...schedules].map(({ functionName }) => functionName));
  return functions.filter(({ name }) => names.has(name));
}

function functionOf({ functions }: LocalPlan, name: string): LocalFunction {
  const found = functions.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the template has no function ${name}`);
  return found;
}

/** One batch of a queue at a time, so that the process that calls is the one to kill. */
function startSources(
  plan: LocalPlan,
  lambdas: ReadonlyMap<string, Lambda>,
  sqs: Sqs,
  { sqsUrl, traffic }: { readonly sqsUrl: string; readonly traffic: Traffic },
  cleanups: Cleanup[],
): readonly EventSource[] {
  return plan.mappings.map((mapping) => {
    const lambda = lambdas.get(mapping.functionName);
    if (lambda === undefined) throw new Error(`a mapping names ${mapping.functionName}, which is not there`);
    const impatient = redelivering(lambda, mapping.queue.url, sqsUrl);
    const source = startEventSource(mapping, traffic.led(impatient), sqs, 1);
    cleanups.push(() => {
      void source.close();
    });
    return source;
  });
}

async function empty(dynamoDb: DynamoDBClient, TableName: string): Promise<void> {
  const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName }));
  const keys = Items.map(({ kind, id }) => ({ ...(kind && { kind }), ...(id && { id }) }));
  await Promise.all(keys.map((Key) => dynamoDb.send(new DeleteItemCommand({ TableName, Key }))));
}

async function replaceProcess(lambda: Lambda): Promise<void> {
  // One that is killed while it loads is replaced by nobody before the next invocation.
  await lambda.ready();
  const old = new Set(lambda.pids());
  lambda.crash();
  while (lambda.pids().length === 0 || lambda.pids().some((pid) => old.has(pid))) await pause(5);
  await lambda.ready();
}
