import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { scheduledEvent } from '../../local/schedules.ts';
import { synthesize } from '../../local/synth.ts';
import { KINDS, type Kind, type Measured, measuredSchema } from '../measured.ts';
import { itemBytes } from './item-bytes.ts';
import { type MeteredStack, startMeteredStack } from './metered-stack.ts';
import { type Event, observer } from './observer.ts';
import { readingsOf } from './recorder.ts';
import { costScene, type ToSend } from './scene.ts';
import { perEvent, shortName, whoUsesWhat } from './summary.ts';

export interface MeasureOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Told what is being done, for people who wait. */
  readonly say: (text: string) => void;
}

const IDLE_RUNS = 20;
const MOST_RUNS_FOR_THE_REST = 50;
/** Bookings sent before counting begins: they pay for signing in and for code that has not run yet. */
const WARM_UP_ROUNDS = 1;

/** Sends the scene's webhooks one at a time through the whole pipeline, and counts all that each of them leads to. */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'harborlight-cost-'));
  try {
    options.say('synthesizing and starting the local stack');
    const assembly = join(directory, 'cdk.out');
    await synthesize(assembly);
    const stack = await startMeteredStack(assembly, directory);
    try {
      return await run(stack, options);
    } finally {
      await stack.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Observe = ReturnType<typeof observer>;

/** A webhook that was sent, with all it led to. */
interface Told {
  readonly kind: Kind;
  readonly bodyBytes: number;
  readonly event: Event;
}

async function run(stack: MeteredStack, { rounds, seed, say }: MeasureOptions): Promise<Measured> {
  const observe = observer(stack);
  const { vendor } = stack.vendors.fareharbor;
  // Other seeds are other bookings and guests.
  const warmUp = costScene(vendor, { rounds: WARM_UP_ROUNDS, seed: seed + 1_000_000, now: Date.now() });
  say(`warming up with ${warmUp.length} webhooks`);
  const warming = await tell(stack, observe, warmUp, () => undefined);
  const before = await storedBytes(stack);
  const scene = costScene(vendor, { rounds, seed, now: Date.now() });
  say(`measuring ${scene.length} webhooks (seed ${seed}), one at a time`);
  const told = await tell(stack, observe, scene, say);
  const after = await storedBytes(stack);
  await untilNothingIsLeft(stack, observe);
  const idle: Event[] = [];
  for (let runs = 0; runs < IDLE_RUNS; runs += 1) idle.push(await observe(() => runSchedules(stack)));
  const bookings = told.filter(({ kind }) => kind === 'new').length;
  return measuredSchema.parse({
    at: new Date().toISOString(),
    how: howObtained(scene.length, bookings, rounds, seed),
    seed,
    kinds: Object.fromEntries(KINDS.map((kind) => [kind, figuresOf(told.filter((one) => one.kind === kind))])),
    idleRun: perEvent(idle),
    rssMb: memory(stack),
    storedBytesPerBooking: Object.fromEntries(
      [...after].map(([table, bytes]) => [table, Math.round((bytes - (before.get(table) ?? 0)) / bookings)]),
    ),
    ...whoUsesWhat(stack, [...[...warming, ...told].map(({ event }) => event), ...idle]),
  });
}

async function tell(
  stack: MeteredStack,
  observe: Observe,
  scene: readonly ToSend[],
  say: MeasureOptions['say'],
): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (const webhook of scene) {
    let bodyBytes = 0;
    const event = await observe(async () => {
      bodyBytes = await deliver(stack, webhook);
    });
    told.push({ kind: webhook.kind, bodyBytes, event });
    if (told.length % 50 === 0) say(`${told.length} of ${scene.length}`);
  }
  return told;
}

/** Guests to be looked at again, bookings to be read again: some webhooks leave it to the next runs of the schedules. */
async function untilNothingIsLeft(stack: MeteredStack, observe: Observe): Promise<void> {
  for (let runs = 0; runs < MOST_RUNS_FOR_THE_REST; runs += 1) {
    const { functions } = await observe(() => runSchedules(stack));
    if (functions.size === stack.core.plan.schedules.length) return;
  }
  throw new Error(`after ${MOST_RUNS_FOR_THE_REST} runs of the schedules there is still something left to be done`);
}

function figuresOf(told: readonly Told[]) {
  return {
    webhooks: told.length,
    bodyBytes: Math.round(mean(told.map(({ bodyBytes }) => bodyBytes))),
    ...perEvent(told.map(({ event }) => event)),
  };
}

async function deliver(stack: MeteredStack, { body }: ToSend): Promise<number> {
  const text = body();
  const response = await fetch(stack.webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`a webhook was answered ${response.status}`);
  return Buffer.byteLength(text);
}

async function runSchedules({ core }: MeteredStack): Promise<void> {
  for (const { functionName } of core.plan.schedules) {
    const lambda = [...core.functions.values()].find(({ definition }) => definition.name === functionName);
    const result = await lambda?.invoke(scheduledEvent());
    if (result?.ok !== true) throw new Error(`a run of ${functionName} failed`);
  }
}

/** Bytes of all items by table, without indexes and what goes by itself within months. */
async function storedBytes({ core }: MeteredStack): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const { name } of core.plan.tables) {
    let bytes = 0;
    for await (const { Items } of paginateScan({ client: core.dynamoDb }, { TableName: name })) {
      for (const item of Items ?? []) if (item.expiresAt === undefined) bytes += itemBytes(item);
    }
    sizes.set(shortName(name), bytes);
  }
  return sizes;
}

function memory(stack: MeteredStack): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...stack.meterFiles].map(([service, file]) => {
      const most = Math.max(0, ...readingsOf(file, 0).map(({ rssBytes }) => rssBytes));
      return [service, Math.round(most / 1024 / 1024)];
    }),
  );
}

function howObtained(webhooks: number, bookings: number, rounds: number, seed: number): readonly string[] {
  const [load] = loadavg();
  return [
    `npm run cost -- --measure --rounds ${rounds} --seed ${seed}`,
    `${webhooks} webhooks of ${bookings} bookings, one at a time, after a round to warm up; Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `${cpus().length} processors (${cpus()[0]?.model.trim() ?? 'unknown'}), load average ${(load ?? 0).toFixed(1)} when it ended`,
    'processor time: median of an invocation; everything else: mean of a webhook',
    'reads and writes: what the local DynamoDB says each call consumed; refused conditions by the size of what was sent',
    'waits: the slowest chain of calls, by what overlapped while every answer was held back',
    'caches of 10 to 60 s (gates, policies, secrets) are as warm as at some webhooks a second; reading secrets is reckoned by the minute instead',
    'what webhooks leave to the next run of a schedule (a guest looked at again: some one in a hundred) is not counted',
    'stored bytes: items by DynamoDB’s rules for sizes, without the index of the few that wait and without what expires',
  ];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
