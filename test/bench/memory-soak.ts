import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LARGEST_BODY } from '../../functions/ingest/receive.ts';
import { resizeAssembly } from '../../infra/cost/measure/metered-assembly.ts';
import { type Holds, type MeteredStack, startMeteredStack } from '../../infra/cost/measure/metered-stack.ts';
import { observer } from '../../infra/cost/measure/observer.ts';
import { costScene } from '../../infra/cost/measure/scene.ts';
import { scheduledEvent } from '../../infra/local/schedules.ts';
import { post } from './load.ts';

const NO_HOLDS: Holds = { dynamodb: 0, sqs: 0, secrets: 0, fareharbor: 0, salesforce: 0, mailchimp: 0, openai: 0 };
const ROUNDS = 3;
const AT_A_TIME = 10;
const SCHEDULED_RUNS = 50;
const LARGE_EVERY = 20;

/**
 * The most memory that each function's process takes at its size, MB, after some hundred webhooks that come as fast as they
 * are taken, in full batches. Twice the size where a process ended of it.
 *
 * @param directory holds the assembly `cdk.out`, which is changed.
 */
export async function soak(
  directory: string,
  memoryOf: (service: string) => number,
): Promise<ReadonlyMap<string, number>> {
  const assembly = join(directory, 'cdk.out');
  resizeAssembly(assembly, memoryOf);
  const stack = await startMeteredStack(assembly, directory, NO_HOLDS);
  try {
    const { vendor } = stack.vendors.fareharbor;
    const scene = costScene(vendor, { rounds: ROUNDS, seed: 2, now: Date.now() });
    await observer(stack)(async () => {
      // Bodies are made one after the other, as each changes what the next one tells.
      const bodies = scene.map(({ body }, index) => (index % LARGE_EVERY === 0 ? enlarged(body()) : body()));
      await post(stack.webhookUrl, bodies, AT_A_TIME);
    });
    for (let runs = 0; runs < SCHEDULED_RUNS; runs += 1)
      await stack.core.functions.get('reconcile')?.invoke(scheduledEvent());
    return new Map(
      [...stack.core.functions.keys()].map((service) => [service, peakOf(stack, service, memoryOf(service))]),
    );
  } finally {
    await stack.close();
  }
}

/** The same webhook with more beside the booking, nearly as much as ingest takes. */
function enlarged(body: string): string {
  const room = LARGEST_BODY - Buffer.byteLength(body) - 1_000;
  const line = 'a line of some other field';
  const others = Array.from({ length: Math.floor(room / (line.length + 3)) }, () => line);
  return `${body.slice(0, body.lastIndexOf('}'))},"others":${JSON.stringify(others)}}`;
}

function peakOf({ core }: MeteredStack, service: string, memoryMb: number): number {
  const lambda = core.functions.get(service);
  if (lambda === undefined || lambda.initTimes.length !== 1) return 2 * memoryMb;
  const each = lambda.pids().map((pid) => {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  });
  return Math.round(Math.max(0, ...each));
}
