import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { allowVolume } from '../../../test/bench/load-stack.ts';
import { readConfig, VENDORS, type VendorName } from '../../local/config.ts';
import { type Core, startCore } from '../../local/core.ts';
import type { SqsMessage } from '../../local/sqs.ts';
import { readPlan } from '../../local/template.ts';
import { secretsFor, startVendors, type VendorSet, vendorEnvironment } from '../../local/vendor-set.ts';
import { askForUnits } from './capacity.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { meterAssembly } from './metered-assembly.ts';
import { awsCall, type FunctionCall, sqsRequestsOf, vendorCall } from './recorder.ts';

/** The local stack with a meter in each function, and counting proxies between it and all that it calls. */
export interface MeteredStack {
  readonly core: Core;
  readonly vendors: VendorSet;
  readonly webhookUrl: string;
  /** By function. */
  readonly meterFiles: ReadonlyMap<string, string>;
  /** All calls since the last taking. */
  takeCalls(): readonly FunctionCall[];
  /** Receives and deletions that Lambda would have been charged for, since the last taking. */
  takePolled(): number;
  close(): Promise<void>;
}

/** Milliseconds that each service's answers are held back. */
export type Holds = Readonly<Record<(typeof AWS_SERVICES)[number][0] | VendorName, number>>;

/** Enough that calls made together overlap for certain. */
const HOLDS: Holds = { dynamodb: 6, sqs: 6, secrets: 6, fareharbor: 12, salesforce: 12, mailchimp: 12, openai: 12 };
/** Who asks which vendor while webhooks are worked on. */
const ASKED_BY: Readonly<Record<VendorName, string>> = {
  fareharbor: 'enrichment',
  openai: 'enrichment',
  salesforce: 'crm-sync',
  mailchimp: 'marketing-sync',
};
const AWS_SERVICES = [
  ['dynamodb', 'DYNAMODB', 'dynamoDb'],
  ['sqs', 'SQS', 'sqs'],
  ['secrets', 'SECRETS_MANAGER', 'secretsManager'],
] as const;

type Cleanup = () => Promise<unknown>;

/**
 * Starts the pipeline from a synthesized assembly, which is changed: meters are put into its functions' environments, and
 * the breaker for abnormal volume is opened wide. One process for each function, so that no two invocations of it overlap.
 */
export async function startMeteredStack(
  assembly: string,
  directory: string,
  holds: Holds = HOLDS,
): Promise<MeteredStack> {
  const cleanups: Cleanup[] = [];
  const close = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return await start({ assembly, directory, holds }, cleanups, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  { assembly, directory, holds }: { readonly assembly: string; readonly directory: string; readonly holds: Holds },
  cleanups: Cleanup[],
  close: () => Promise<void>,
): Promise<MeteredStack> {
  const [calls, polled] = [tally<FunctionCall>(), tally<number>()];
  let core: Core | undefined;
  allowVolume(assembly);
  const services = readPlan(assembly, 'http://127.0.0.1').functions.map(({ service }) => service);
  const awsProxies = await startAwsProxies(services, holds, () => core, calls.add, cleanups);
  const meterFiles = new Map(services.map((service) => [service, join(directory, `${service}.meter`)]));
  const meter = compileMeter(directory);
  meterAssembly(assembly, (service) => ({
    NODE_OPTIONS: `--enable-source-maps --import ${pathToFileURL(meter).href}`,
    // The bytes of a production's lines: there hardly any webhook is told of in detail.
    LOG_DEBUG_SHARE: '0',
    HARBORLIGHT_METER_FILE: meterFiles.get(service) ?? '',
    ...awsProxies.get(service),
  }));
  const vendors = await startVendors(VENDORS_WITHOUT_LIMITS);
  cleanups.push(() => vendors.close());
  const config = readConfig({});
  const secrets = secretsFor(config, readConfig(await meteredVendors(vendors, holds, calls.add, cleanups)));
  const onMessages = (_: string, messages: readonly SqsMessage[]): void => {
    const bytes = messages.reduce((sum, { Body }) => sum + Buffer.byteLength(Body), 0);
    if (messages.length > 0) polled.add(sqsRequestsOf(bytes) + 1);
  };
  core = await startCore({ assembly, secrets, warm: 1, concurrency: 1, scheduleMs: 0, onMessages });
  cleanups.push(core.close);
  return {
    core,
    vendors,
    webhookUrl: `${core.url}/webhooks/fareharbor/${config.webhookKey}`,
    meterFiles,
    takeCalls: calls.take,
    takePolled: () => polled.take().reduce((sum, requests) => sum + requests, 0),
    close,
  };
}

/** Gathers, and gives away what it has. */
function tally<T>(): { readonly add: (one: T) => void; readonly take: () => readonly T[] } {
  let gathered: T[] = [];
  return {
    add: (one) => {
      gathered.push(one);
    },
    take: () => {
      const taken = gathered;
      gathered = [];
      return taken;
    },
  };
}

/** Limits that a busy minute of one operator would meet have no part in what a webhook costs. */
const VENDORS_WITHOUT_LIMITS = {
  fareharbor: { rateLimit: false, maxConnections: 1_000 },
  salesforce: { requestLimit: 1_000_000 },
  mailchimp: { simultaneous: null },
} as const;

async function startAwsProxies(
  services: readonly string[],
  holds: Holds,
  core: () => Core | undefined,
  note: (call: FunctionCall) => void,
  cleanups: Cleanup[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const proxies = new Map<string, Readonly<Record<string, string>>>();
  for (const service of services) {
    const variables: Record<string, string> = {};
    for (const [to, variable, endpoint] of AWS_SERVICES) {
      const proxy = await started(cleanups, {
        upstream: () => core()?.endpoints[endpoint] ?? '',
        holdMs: holds[to],
        ...(to === 'dynamodb' && { amend: askForUnits }),
        onCall: (call) => note(awsCall(service, to, call)),
      });
      variables[`HARBORLIGHT_METER_${variable}`] = proxy.url;
    }
    proxies.set(service, variables);
  }
  return proxies;
}

async function started(cleanups: Cleanup[], options: Parameters<typeof startCountingProxy>[0]): Promise<CountingProxy> {
  const proxy = await startCountingProxy(options);
  cleanups.push(() => proxy.close());
  return proxy;
}

/** The environment that points at the vendors' proxies, each in front of its stand-in. */
async function meteredVendors(
  vendors: VendorSet,
  holds: Holds,
  note: (call: FunctionCall) => void,
  cleanups: Cleanup[],
): Promise<Readonly<Record<string, string>>> {
  const environment = { ...vendorEnvironment(vendors) };
  for (const name of VENDORS) {
    const direct = vendors[name].server.url;
    const proxy = await started(cleanups, {
      upstream: () => direct,
      holdMs: holds[name],
      onCall: (call) => note(vendorCall(ASKED_BY[name], name, call)),
    });
    for (const [key, value] of Object.entries(environment)) environment[key] = value.replaceAll(direct, proxy.url);
  }
  return environment;
}

/** Compiles the meter to plain JavaScript. @returns the compiled file. */
export function compileMeter(directory: string): string {
  const source = readFileSync(new URL('./meter.ts', import.meta.url), 'utf8');
  const file = join(directory, 'meter.mjs');
  writeFileSync(file, transformSync(source, { loader: 'ts', format: 'esm', target: 'node24' }).code);
  return file;
}
