import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Stack } from '../../infra/local/stack.ts';

const PROGRAM = fileURLToPath(new URL('../../infra/ops/ops.ts', import.meta.url));

/** How the program ended, and what it printed. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `npm run ops` as a person would whom `npm start` told the line to use; nobody is there to be asked. */
export function runOps({ endpoints }: Stack, ...args: string[]): Promise<Ran> {
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  };
  return new Promise((done) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
    });
    child.stdin?.end();
  });
}

/** The program's answer with --json. @throws when it did not end well. */
export async function askOps(stack: Stack, ...args: string[]): Promise<unknown> {
  const { code, out, err } = await runOps(stack, ...args, '--json');
  if (code !== 0) throw new Error(`ops ${args.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(out);
}
