import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Stack } from '../../infra/local/stack.ts';
import { drawTable } from '../../infra/local/text-table.ts';

const MEGABYTE = 1024 * 1024;
/** A kilobyte kept of each of 10,000 bookings; what a warm process still adds to its code and caches is a fifth of it. */
const MOST_GROWTH = 10;
const OWN = 'this program and the stand-ins';

/** Megabytes that one process holds; undefined where this machine does not tell. */
export interface Held {
  readonly rss: number | undefined;
  /** The JavaScript heap after a garbage collection. */
  readonly heap: number | undefined;
}

/** What every process of the stack holds now, by its name. */
export type Memory = ReadonlyMap<string, Held>;

/** Looks at every process: the functions' environments, the engines, and this program with the stand-ins in it. */
export async function memoryOf(stack: Stack): Promise<Memory> {
  const functions = [...stack.functions].map(async ([service, lambda]) =>
    (await lambda.usage()).map(({ rssBytes, heapBytes }, index): [string, Held] => [
      `${service} ${index + 1}`,
      { rss: rssBytes / MEGABYTE, heap: heapBytes / MEGABYTE },
    ]),
  );
  const own: [string, Held] = [OWN, ownMemory()];
  return new Map([...(await Promise.all(functions)).flat(), ...(await engines()), own]);
}

function ownMemory(): Held {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss: rss / MEGABYTE, heap: heapUsed / MEGABYTE };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly kilobytes: number;
  readonly command: string;
}

/** The process with SQS in it, and DynamoDB below it, as the operating system lists them. */
async function engines(): Promise<[string, Held][]> {
  const all = await processes();
  const sqs = all.find(({ parent, command }) => parent === process.pid && command.includes('engine-process'));
  const dynamoDb = all.find(({ parent }) => parent === sqs?.pid);
  const held = (found: Process | undefined): Held => ({
    rss: found && found.kilobytes / 1024,
    heap: undefined,
  });
  return [
    ['SQS engine', held(sqs)],
    ['DynamoDB engine', held(dynamoDb)],
  ];
}

/** Every process of this machine; none where there is no `ps`. */
async function processes(): Promise<Process[]> {
  const listed = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,args='], {
    maxBuffer: 64 * MEGABYTE,
  }).catch(() => ({ stdout: '' }));
  return listed.stdout.split('\n').flatMap((line) => {
    const [, pid, parent, kilobytes, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), kilobytes: Number(kilobytes), command }];
  });
}

/** A table of what each process held at the start, once warm, and at the end, with what it grew by from warm to end. */
export function memoryTable(start: Memory, warm: Memory, end: Memory): string {
  const names = [...new Set([...start.keys(), ...warm.keys(), ...end.keys()])];
  const rows = names.map((name) => {
    const [before, middle, after] = [start.get(name), warm.get(name), end.get(name)];
    return [
      name,
      ...[before?.rss, middle?.rss, after?.rss].map(shown),
      grown(middle?.rss, after?.rss),
      ...[before?.heap, middle?.heap, after?.heap].map(shown),
      grown(middle?.heap, after?.heap),
    ];
  });
  const figures = ['RSS start', 'warm', 'end', 'growth', 'heap start', 'warm', 'end', 'growth'];
  return drawTable([{ heading: 'MB', width: 40 }, ...figures.map((heading) => ({ heading, width: 12 }))], rows);
}

/** The processes that kept more than they should from warm to end. The stand-ins are vendors: they keep what they are sent. */
export function heapGrowth(warm: Memory, end: Memory): string[] {
  return [...warm].flatMap(([name, { heap: before }]) => {
    const after = end.get(name)?.heap;
    if (name === OWN || before === undefined || after === undefined || after - before < MOST_GROWTH) return [];
    return [`${name}: ${grown(before, after)} MB of heap that nothing gives back`];
  });
}

function shown(megabytes: number | undefined): string {
  return megabytes === undefined ? '-' : megabytes.toFixed(1);
}

function grown(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return '-';
  return `${to >= from ? '+' : ''}${(to - from).toFixed(1)}`;
}
