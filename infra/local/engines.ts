import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { DynamoDbEngine } from './dynamodb.ts';

export interface Engines {
  readonly sqsUrl: string;
  readonly dynamoDbUrl: string;
  stop(): Promise<void>;
}

const report = z.union([z.object({ sqsUrl: z.string(), dynamoDbUrl: z.string() }), z.object({ failure: z.string() })]);

/**
 * Starts SQS and DynamoDB, in memory, on free ports of loopback, in a process of their own.
 *
 * @throws when an engine cannot run on this machine, saying what to install.
 */
export async function startEngines(engine: DynamoDbEngine | undefined): Promise<Engines> {
  const child = fork(fileURLToPath(new URL('./engine-process.ts', import.meta.url)), [engine ?? ''], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4_000);
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const first = await new Promise<unknown>((done, fail) => {
    child.once('message', done);
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`the engines' process ended (exit ${code}): ${errors.trim()}`)));
  });
  const parsed = report.parse(first);
  if ('failure' in parsed) throw new Error(parsed.failure);
  return {
    ...parsed,
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
