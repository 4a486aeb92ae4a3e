// Looks a thousand times a second at what each watched process has used: a process of its own, so that nothing delays it.
import { readdirSync, readFileSync } from 'node:fs';
import { Allowance, PERIOD_MS, type Watch } from './cpu-quota.ts';

const LOOK_MS = 1;

interface Watched {
  readonly allowance: Allowance;
  mainMs: number;
  usedMs: number;
  isStopped: boolean;
}

const watched = new Map<number, Watched>();
let periodEndsAt = performance.now() + PERIOD_MS;

process.on('message', ({ pid, share }: Watch) => {
  watched.set(pid, {
    allowance: new Allowance(share),
    mainMs: threadMs(pid, pid),
    usedMs: usedMs(pid),
    isStopped: false,
  });
});
process.on('disconnect', () => {
  for (const [pid, one] of watched) if (one.isStopped) signal(pid, 'SIGCONT');
  process.exit(0);
});
// Ctrl-C reaches the whole process group; what is stopped must not stay so, and the parent says when.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);

setInterval(() => {
  const now = performance.now();
  const begins = now >= periodEndsAt;
  while (periodEndsAt <= now) periodEndsAt += PERIOD_MS;
  for (const [pid, one] of watched) look(pid, one, begins);
}, LOOK_MS);

function look(pid: number, one: Watched, begins: boolean): void {
  const mainMs = threadMs(pid, pid);
  if (Number.isNaN(mainMs)) {
    watched.delete(pid);
    return;
  }
  // Helper threads work for the main one: where it rests they hardly do, and reading them all takes time.
  if (mainMs !== one.mainMs || begins) {
    const total = usedMs(pid);
    one.allowance.use(total - one.usedMs);
    one.mainMs = mainMs;
    one.usedMs = total;
  }
  if (begins) one.allowance.renew();
  if (one.allowance.isUsedUp === one.isStopped) return;
  one.isStopped = one.allowance.isUsedUp;
  signal(pid, one.isStopped ? 'SIGSTOP' : 'SIGCONT');
}

function usedMs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + (threadMs(pid, Number(task)) || 0), 0);
  } catch {
    return 0;
  }
}

/** Milliseconds that a thread has run; not a number where it is gone. */
function threadMs(pid: number, task: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    watched.delete(pid);
  }
}
