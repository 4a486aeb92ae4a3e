import { describe, expect, it } from 'vitest';
import { chooseMemory, objections, readMemorySweep, type SizeRun } from '../../../infra/cost/memory-choice.ts';
import { type FunctionName, stageNamed } from '../../../infra/stages.ts';
import { chosenSizes, dollarsOf, drawSizes } from '../../bench/memory-report.ts';

/** What the first invocation takes at the best size. */
const QUICKEST = 1_100;
const run = (part: Partial<SizeRun>): SizeRun => ({
  service: 'ingest',
  memoryMb: 512,
  timeoutMs: 10_000,
  initMs: 60,
  firstMs: 100,
  warmMs: 20,
  longestMs: 40,
  cpuMs: 3,
  rssMb: 80,
  dollars: 1,
  ...part,
});

describe('a size', () => {
  it.each<[string, Partial<SizeRun>, RegExp]>([
    ['leaves no room beside the largest process', { memoryMb: 256, rssMb: 183 }, /183 MB/],
    ['takes long to start', { initMs: 500, firstMs: 3_601 }, /starts/],
    ['comes near the timeout', { longestMs: 5_001 }, /timeout/],
  ])('that %s will not do', (_, part, why) => {
    const found = objections(run(part), QUICKEST);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(why);
  });

  it('will do at the very edge, and is not blamed for what is waited for at any size', () => {
    const edge = run({ memoryMb: 256, rssMb: 182, initMs: 400, firstMs: 2_600 + QUICKEST, longestMs: 5_000 });
    expect(objections(edge, QUICKEST)).toEqual([]);
  });
});

describe('the choice', () => {
  it('is the cheapest size that nothing speaks against', () => {
    const runs = [
      run({ memoryMb: 128, dollars: 0.1, rssMb: 100 }),
      run({ memoryMb: 256, dollars: 0.3 }),
      run({ memoryMb: 512, dollars: 0.5 }),
    ];
    expect(chooseMemory(runs)).toBe(256);
  });

  it('is the faster one of two that cost as good as the same', () => {
    const runs = [
      run({ memoryMb: 256, dollars: 1 }),
      run({ memoryMb: 512, dollars: 1.03 }),
      run({ memoryMb: 1024, dollars: 1.04 }),
    ];
    expect(chooseMemory(runs)).toBe(512);
  });

  it('is none where none will do', () => {
    expect(() => chooseMemory([run({ rssMb: 900 })])).toThrow(/ingest/);
  });
});

describe('the dollars of a size', () => {
  const later = (kind: 'new' | 'repeated', wallMs: number) => ({ kind, wallMs, cpuMs: 1 });

  it('weigh each kind’s median by the mix, with what Lambda adds', () => {
    // A fifth of all webhooks are new, two fifths repeat; the first run starts the process and counts as a start only.
    const runs = [later('new', 100), later('new', 98.5), later('new', 98.5), later('repeated', 8.5)];
    const ms = 0.2 * 100 + 0.4 * 10 + 0.6 * 0.01 * (50 + 1.5);
    expect(dollarsOf({ memoryMb: 1024, initMs: 50, runs })).toBeCloseTo(ms * 1000 * 0.000_013_333_4, 6);
    expect(dollarsOf({ memoryMb: 512, initMs: 50, runs })).toBeCloseTo(0.5 * ms * 1000 * 0.000_013_333_4, 6);
  });

  it('of what only a schedule runs are those of a month', () => {
    const idle = { kind: 'idle', wallMs: 98.5, cpuMs: 1 } as const;
    const dollars = dollarsOf({ memoryMb: 1024, initMs: 0, runs: [idle, idle] });
    expect(dollars).toBeCloseTo(43_800 * 0.1 * 0.000_013_333_4, 6);
  });
});

describe('the committed sweep', () => {
  const sweep = readMemorySweep();

  it('is what the memory of dev follows from; prod may be given more', () => {
    const chosen = chosenSizes(sweep);
    expect(stageNamed('dev').memory).toEqual(chosen);
    for (const [service, memoryMb] of Object.entries(stageNamed('prod').memory)) {
      expect(memoryMb, service).toBeGreaterThanOrEqual(chosen[service] ?? Number.POSITIVE_INFINITY);
    }
  });

  it('tried at least three sizes of each function', () => {
    for (const service of Object.keys(stageNamed('dev').memory)) {
      expect(sweep.sizes.filter((one) => one.service === service).length, service).toBeGreaterThanOrEqual(3);
    }
  });

  it('is drawn with a line for each size, and one choice for each function', () => {
    const drawn = drawSizes(sweep);
    expect(drawn.split('\n')).toHaveLength(2 + sweep.sizes.length);
    const services: readonly FunctionName[] = ['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'];
    expect(drawn.match(/chosen/g)).toHaveLength(services.length);
  });
});
