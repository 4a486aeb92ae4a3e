import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Lambda gives a function one processor at this memory, and a share of it below. */
export const MB_OF_A_PROCESSOR = 1769;

/** Milliseconds of a period, as Lambda's scheduler has been seen to use. */
export const PERIOD_MS = 20;

/**
 * What a process may still use of a processor. At each period's begin it gets its share of it; what it did not use is lost,
 * as it is with the kernel's own quotas, and what it used too much it owes.
 */
export class Allowance {
  readonly #quotaMs: number;
  #leftMs: number;

  /** @param share of one processor, 0–1. */
  constructor(share: number) {
    this.#quotaMs = share * PERIOD_MS;
    this.#leftMs = this.#quotaMs;
  }

  get isUsedUp(): boolean {
    return this.#leftMs <= 0;
  }

  use(milliseconds: number): void {
    this.#leftMs -= milliseconds;
  }

  /** A period begins. */
  renew(): void {
    this.#leftMs = Math.min(this.#quotaMs, this.#leftMs + this.#quotaMs);
  }
}

/**
 * The least that so much work takes, in milliseconds: who watches may come late, and then it was done sooner than a quota
 * would have had it.
 */
export function leastMs(cpuMs: number, share: number): number {
  return share >= 1 ? cpuMs : Math.max(cpuMs, (cpuMs / (share * PERIOD_MS) - 1) * PERIOD_MS);
}

/** What the watching process is told. */
export interface Watch {
  readonly pid: number;
  readonly share: number;
}

export interface CpuQuotas {
  /** From now on this process gets no more than its share of a processor, until it ends. */
  watch(pid: number, share: number): void;
  /** Lets go of all. */
  close(): Promise<void>;
}

/**
 * Holds processes to a share of one processor: another process stops them (SIGSTOP) when they have used it up, and lets
 * them go on (SIGCONT) at the next period. Needs no rights, and Linux: elsewhere nobody says what each thread has used.
 */
export function startCpuQuotas(): CpuQuotas {
  const child = fork(fileURLToPath(new URL('./cpu-quota-process.ts', import.meta.url)), [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  return {
    watch: (pid, share) => {
      const watch: Watch = { pid, share };
      child.send(watch);
    },
    close: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
