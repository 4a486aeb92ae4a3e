// The runtime of one execution environment: what Lambda's own Node runtime does, over an IPC channel. It is compiled
// to plain JavaScript and copied away before it runs, so it may import nothing but Node's own modules.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the parent asks of an execution environment. */
export type Request =
  | { readonly type: 'invoke'; readonly id: string; readonly event: unknown; readonly deadline: number }
  | { readonly type: 'usage' };

type Handler = (event: unknown, context: object) => unknown;

// Ctrl-C reaches the whole process group; the parent says when to stop, by closing the channel or a kill.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));

const environment = process.env;
const taskRoot = environment.LAMBDA_TASK_ROOT ?? '.';
const [file = 'index', exportName = 'handler'] = (environment._HANDLER ?? '').split('.');

function report(message: object): void {
  // Failing to send means that the parent is gone, and then this process is about to end as well.
  process.send?.(message, () => undefined);
}

function describe(error: unknown): { errorType: string; errorMessage: string; trace: readonly string[] } {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function contextOf(request: Extract<Request, { type: 'invoke' }>): object {
  const functionName = environment.AWS_LAMBDA_FUNCTION_NAME ?? '';
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: environment.HARBORLIGHT_FUNCTION_ARN ?? functionName,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? '128',
    awsRequestId: request.id,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME ?? '',
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
    getRemainingTimeInMillis: () => Math.max(0, request.deadline - Date.now()),
  };
}

async function loadHandler(): Promise<Handler> {
  const path = ['.mjs', '.js', '.cjs'].map((end) => join(taskRoot, file + end)).find((one) => existsSync(one));
  if (path === undefined) throw new Error(`Runtime.ImportModuleError: no ${file}.mjs, .js or .cjs in the bundle`);
  const loaded: Record<string, unknown> = await import(pathToFileURL(path).href);
  const handler = loaded[exportName];
  if (typeof handler !== 'function') throw new Error(`Runtime.HandlerNotFound: ${file}.${exportName} is not exported`);
  return (event, context) => handler(event, context);
}

async function invoke(handler: Handler, request: Extract<Request, { type: 'invoke' }>): Promise<void> {
  try {
    const result = await handler(request.event, contextOf(request));
    report({ type: 'result', id: request.id, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    report({ type: 'error', id: request.id, ...describe(error) });
  }
}

try {
  const handler = await loadHandler();
  process.on('message', (request: Request) => {
    if (request.type === 'invoke') void invoke(handler, request);
    else report({ type: 'usage', rss: process.memoryUsage.rss(), cpuMicros: cpuMicros(), heap: heapInUse() });
  });
  report({ type: 'ready' });
} catch (error) {
  console.error(error);
  process.send?.({ type: 'init-error', ...describe(error) }, () => process.exit(1));
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Bytes of the heap that something still holds: only after a garbage collection can growth be told from garbage. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}
