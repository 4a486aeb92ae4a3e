import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allowance, leastMs, PERIOD_MS, startCpuQuotas } from '../../bench/cpu-quota.ts';

/** Lets something that wants the processor all the time run as long as it may, in steps of a millisecond. */
function runFor(periods: number, allowance: Allowance): number {
  let ran = 0;
  for (let period = 0; period < periods; period += 1) {
    for (let ms = 0; ms < PERIOD_MS; ms += 1) {
      if (allowance.isUsedUp) continue;
      allowance.use(1);
      ran += 1;
    }
    allowance.renew();
  }
  return ran;
}

describe('an allowance', () => {
  it('gives its share of the time, whatever steps it is used in', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 1, noNaN: true }), (share) => {
        const periods = 500;
        expect(runFor(periods, new Allowance(share)) / (periods * PERIOD_MS)).toBeCloseTo(share, 2);
      }),
    );
  });

  it('does not grow while it is not used, as the kernel’s does not', () => {
    const allowance = new Allowance(0.25);
    for (let period = 0; period < 100; period += 1) allowance.renew();
    expect(runFor(1, allowance)).toBe(0.25 * PERIOD_MS);
  });

  it('is owed what was used too much', () => {
    const allowance = new Allowance(0.25);
    allowance.use(2 * 0.25 * PERIOD_MS);
    allowance.renew();
    expect(allowance.isUsedUp).toBe(true);
    allowance.renew();
    expect(allowance.isUsedUp).toBe(false);
  });
});

describe('the least that work takes', () => {
  it('is what remains of it when the first period’s share is used, in whole shares of the periods after', () => {
    expect(leastMs(25, 0.25)).toBe(4 * PERIOD_MS);
    expect(leastMs(4, 0.25)).toBe(4);
    expect(leastMs(30, 1)).toBe(30);
  });
});

describe('a process that is held to a share', () => {
  it('gets no more of a processor than that, and all of it once it is let go', async () => {
    const busy = spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' });
    await once(busy, 'spawn');
    const pid = busy.pid ?? 0;
    const usedMs = (): number => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    const quotas = startCpuQuotas();
    try {
      quotas.watch(pid, 0.2);
      await until(() => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
      const [startedAt, before] = [performance.now(), usedMs()];
      await until(() => performance.now() - startedAt > 1_000);
      const share = (usedMs() - before) / (performance.now() - startedAt);
      expect(share).toBeLessThan(0.3);
      await quotas.close();
      const held = usedMs();
      await until(() => usedMs() > held + 50);
    } finally {
      await quotas.close();
      busy.kill('SIGKILL');
    }
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((done) => setImmediate(done));
}
