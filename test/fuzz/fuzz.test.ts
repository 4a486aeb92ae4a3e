import { expect, it } from 'vitest';
import { fuzzEnrichment } from './enrichment-fuzz.ts';
import { fuzzIngest } from './ingest-fuzz.ts';
import { fuzzNormaliser } from './normaliser-fuzz.ts';

const SEED = 20_261_121;
/** Megabytes: two collections never leave quite the same. */
const HEAP_NOISE = 8;

it.each([
  ['ingest', fuzzIngest, 3_000, ['200 booking', '200 item', '200 unreadable', '401', '405', '413']],
  ['the normaliser', fuzzNormaliser, 3_000, ['booking', 'booking, some of it unusable', 'no-uuid']],
  ['enrichment', fuzzEnrichment, 500, ['version 1', 'version 2', 'kept: not-json', 'kept: no-uuid']],
])(
  '%s takes whatever it is given (npm run fuzz has more)',
  async (_, fuzz, runs, outcomes) => {
    const report = await fuzz({ seed: SEED, runs });
    expect(report.failures).toEqual([]);
    expect(Object.keys(report.outcomes)).toEqual(expect.arrayContaining(outcomes));
    expect(report.heap.end - report.heap.start).toBeLessThan(HEAP_NOISE);
  },
  60_000,
);
