import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { LOCAL_REGION } from './intrinsics.ts';
import type { LogBuffer } from './logs.ts';
import type { Request } from './runtime.ts';
import type { LocalFunction } from './template.ts';

/** Addresses of what stands for AWS on this machine. */
export interface Endpoints {
  readonly sqs: string;
  readonly dynamoDb: string;
  readonly secretsManager: string;
}

/** How an invocation ended. A failure carries what Lambda's own reply would. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string };

export interface Usage {
  readonly rssBytes: number;
  readonly cpuMicros: number;
  /** What of the heap is in use after a garbage collection. */
  readonly heapBytes: number;
}

/** One process that has loaded one function: one invocation at a time, as Lambda does it. */
export interface Environment {
  readonly pid: number | undefined;
  /** Milliseconds from starting the process to the handler being loaded; rejects when it could not be loaded. */
  readonly initMs: Promise<number>;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  invoke(id: string, event: unknown): Promise<InvocationResult>;
  usage(): Promise<Usage>;
  /** False from the moment it was told to end: it must not be given another invocation. */
  alive(): boolean;
  kill(): void;
}

export interface EnvironmentOptions {
  readonly definition: LocalFunction;
  /** The compiled runtime. */
  readonly runtimeFile: string;
  readonly endpoints: Endpoints;
  readonly logs: LogBuffer;
  readonly instance: number;
}

const fault = { errorType: z.string(), errorMessage: z.string() };
const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('init-error'), ...fault }),
  z.object({ type: z.literal('result'), id: z.string(), payload: z.string() }),
  z.object({ type: z.literal('error'), id: z.string(), ...fault }),
  z.object({ type: z.literal('usage'), rss: z.number(), cpuMicros: z.number(), heap: z.number() }),
]);
type Message = z.infer<typeof messageSchema>;

/**
 * Starts an execution environment. Its environment variables are those of the template and of Lambda, and nothing of
 * the shell that started us, so that a function cannot come to depend on it.
 */
export function startEnvironment(options: EnvironmentOptions): Environment {
  const { definition, logs } = options;
  const startedAt = performance.now();
  const child = fork(options.runtimeFile, [], {
    cwd: definition.directory,
    execArgv: heapLimits(definition.memoryMb),
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  logs.attach(child.stdout);
  logs.attach(child.stderr);
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  const initMs = new Promise<number>((done, fail) => {
    child.once('message', (raw) => {
      const message = messageSchema.parse(raw);
      if (message.type === 'ready') done(performance.now() - startedAt);
      else fail(new Error(message.type === 'init-error' ? message.errorMessage : 'the runtime did not start'));
    });
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`the process ended while loading (exit ${code})`)));
  });
  // Whoever invokes sees the failure; nobody has to be waiting for the start itself.
  initMs.catch(() => undefined);
  return {
    pid: child.pid,
    initMs,
    ended,
    invoke: (id, event) => invoke(child, initMs, definition, id, event, logs),
    usage: () => usage(child),
    alive: () => !child.killed && child.exitCode === null && child.signalCode === null,
    kill: () => child.kill('SIGKILL'),
  };
}

async function invoke(
  child: ChildProcess,
  initMs: Promise<number>,
  { timeoutMs }: LocalFunction,
  id: string,
  event: unknown,
  logs: LogBuffer,
): Promise<InvocationResult> {
  try {
    await initMs;
  } catch (error) {
    child.kill('SIGKILL');
    return { ok: false, errorType: 'Runtime.InitError', errorMessage: error instanceof Error ? error.message : '' };
  }
  return new Promise((done) => {
    const finish = (result: InvocationResult): void => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      done(result);
    };
    const fail = (errorType: string, errorMessage: string): void => {
      logs.write(platformReport(id, errorType));
      finish({ ok: false, errorType, errorMessage: `RequestId: ${id} Error: ${errorMessage}` });
    };
    const onExit = (code: number | null, signal: string | null): void =>
      fail(
        'Runtime.ExitError',
        `Runtime exited with error: ${code === null ? `signal ${signal}` : `exit status ${code}`}`,
      );
    const onMessage = (raw: unknown): void => {
      const message = messageSchema.parse(raw);
      if (message.type === 'result' && message.id === id) finish({ ok: true, payload: message.payload });
      if (message.type === 'error' && message.id === id) {
        const { errorType, errorMessage } = message;
        finish({ ok: false, errorType, errorMessage });
      }
    };
    const timer = setTimeout(() => {
      // As on Lambda, nothing of the environment survives: what it was about to do next never happens.
      child.kill('SIGKILL');
      fail('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
    }, timeoutMs);
    child.on('message', onMessage);
    child.once('exit', onExit);
    const request: Request = { type: 'invoke', id, event, deadline: Date.now() + timeoutMs };
    child.send(request, (error) => {
      if (error !== null) fail('Runtime.ExitError', 'Runtime exited before the invocation');
    });
  });
}

/** What Lambda's own runtime for Node starts it with: a tenth of the function's memory for what is young, in two halves. */
function heapLimits(memoryMb: number): string[] {
  const young = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(young / 2)}`, `--max-old-space-size=${memoryMb - young}`];
}

/** The one line that Lambda itself writes here, as in an account: of an invocation that did not end by itself. */
function platformReport(requestId: string, errorType: string): string {
  const status = errorType === 'Sandbox.Timedout' ? 'timeout' : 'error';
  return JSON.stringify({ time: new Date(), type: 'platform.report', record: { requestId, status, errorType } });
}

function usage(child: ChildProcess): Promise<Usage> {
  return new Promise((done, fail) => {
    const onMessage = (raw: unknown): void => {
      const message: Message = messageSchema.parse(raw);
      if (message.type !== 'usage') return;
      child.off('message', onMessage);
      done({ rssBytes: message.rss, cpuMicros: message.cpuMicros, heapBytes: message.heap });
    };
    child.on('message', onMessage);
    const request: Request = { type: 'usage' };
    child.send(request, (error) => {
      if (error !== null) fail(error);
    });
  });
}

function environmentOf({ definition, endpoints, instance }: EnvironmentOptions): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  const nowhere = join(definition.directory, '.aws-none');
  return {
    ...(PATH !== undefined && { PATH }),
    ...(SystemRoot !== undefined && { SystemRoot }),
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    // The clients would otherwise read the profile of whoever runs this.
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `local-${instance}`,
    LAMBDA_TASK_ROOT: definition.directory,
    HARBORLIGHT_FUNCTION_ARN: definition.arn,
    _HANDLER: definition.handler,
    ...definition.environment,
  };
}
