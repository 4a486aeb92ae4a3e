// Runs in a function's own process before anything else does, and writes down what each invocation took. It is compiled
// to plain JavaScript and copied away before it runs, so it may import nothing but Node's own modules.
import { appendFileSync, readFileSync } from 'node:fs';

/** One line of a meter's file. */
export interface Reading {
  readonly type: 'ready' | 'result' | 'error';
  /** Processor time, user and system, in milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of `wallMs`, what a processor was waited for because others had it; 0 where the system does not say. */
  readonly delayedMs: number;
  readonly rssBytes: number;
}

const environment = process.env;
const file = environment.HARBORLIGHT_METER_FILE;

// The services' addresses are also in the queues' addresses, which the SQS client goes by.
for (const service of ['SQS', 'DYNAMODB', 'SECRETS_MANAGER']) {
  const direct = environment[`AWS_ENDPOINT_URL_${service}`];
  const counted = environment[`HARBORLIGHT_METER_${service}`];
  if (direct === undefined || counted === undefined) continue;
  for (const [name, value] of Object.entries(environment)) {
    if (value?.includes(direct)) environment[name] = value.replaceAll(direct, counted);
  }
}

let startedAt = 0;
let cpuAtStart = { user: 0, system: 0 };
let delayedAtStart = 0;

/** Linux counts it for each thread; this one does the work. */
function delayedMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

function isInvocation(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'invoke';
}

function read(type: Reading['type']): void {
  if (file === undefined) return;
  const { user, system } = process.cpuUsage(cpuAtStart);
  const reading: Reading = {
    type,
    cpuMs: (user + system) / 1000,
    wallMs: performance.now() - startedAt,
    delayedMs: delayedMs() - delayedAtStart,
    rssBytes: process.memoryUsage.rss(),
  };
  appendFileSync(file, `${JSON.stringify(reading)}\n`);
}

process.on('message', (message: unknown) => {
  if (!isInvocation(message)) return;
  startedAt = performance.now();
  cpuAtStart = process.cpuUsage();
  delayedAtStart = delayedMs();
});

// Whatever the runtime reports ends an invocation or the start of the process, and is read off before it is sent.
const send = process.send?.bind(process);
if (send !== undefined) {
  process.send = (message: { readonly type?: string }, ...rest: never[]) => {
    const { type } = message;
    if (type === 'ready' || type === 'result' || type === 'error') read(type);
    return send(message, ...rest);
  };
}
