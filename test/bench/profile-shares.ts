import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of processor time, user and system together. */
export interface Shares {
  /** The stand-ins of the vendors, the gateway, the pollers of the queues, and whoever sends: one process, the bench's own. */
  readonly standIns: number;
  /** SQS, which is a Node program. */
  readonly queues: number;
  /** DynamoDB, which is a native program. */
  readonly tables: number;
}

/** What the kernel counts processor time in, on every Linux there is. */
const MS_PER_TICK = 10;

/**
 * What the processes around the functions have used since they started; those of the engines are found among this
 * process's descendants. Linux only: undefined where there is no /proc.
 */
export function sharesAround(): Shares | undefined {
  const { user, system } = process.cpuUsage();
  const running = descendants();
  if (running === undefined) return undefined;
  const sum = (isOne: (command: string) => boolean): number =>
    running.reduce((total, { command, ms }) => total + (isOne(command) ? ms : 0), 0);
  return {
    standIns: (user + system) / 1000,
    queues: sum((command) => command.includes('engine-process')),
    tables: sum((command) => /dynoxide|DynamoDBLocal/.test(command)),
  };
}

interface Running {
  readonly command: string;
  readonly ms: number;
}

function descendants(): readonly Running[] | undefined {
  const parents = new Map<number, { readonly parent: number; readonly ms: number }>();
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const stat = readFileOrNothing(`/proc/${name}/stat`);
      if (stat === undefined) continue;
      // The command stands in brackets and may hold anything; what is counted comes after the last of them.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const ticks = Number(fields[11]) + Number(fields[12]);
      parents.set(Number(name), { parent: Number(fields[1]), ms: ticks * MS_PER_TICK });
    }
  } catch {
    return undefined;
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && parent > 1 && (parent === process.pid || isOurs(parent));
  };
  return [...parents]
    .filter(([pid]) => isOurs(pid))
    .map(([pid, { ms }]) => ({ command: readFileOrNothing(`/proc/${pid}/cmdline`) ?? '', ms }));
}

/** A process may end between being listed and being looked at. */
function readFileOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
