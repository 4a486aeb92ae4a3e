import { parseArgs } from 'node:util';
import { startCore } from '../../infra/local/core.ts';
import { fuzzEnrichment } from './enrichment-fuzz.ts';
import { fuzzGateway } from './gateway-fuzz.ts';
import { fuzzIngest } from './ingest-fuzz.ts';
import { fuzzNormaliser } from './normaliser-fuzz.ts';
import { SECRET } from './requests.ts';
import type { FuzzOptions, FuzzReport } from './run.ts';

const HELP = `Usage: npm run fuzz [-- --runs 100000] [--seed 1] [--part ingest|normaliser|enrichment|gateway] [--only 17]

Sends what nobody should send: to ingest's use case and to the normaliser (each so many runs), to enrichment's use case
(a fifth of them), and over HTTP through the local gateway to ingest's own process (a fiftieth). Exit code 1 when anything is not as it
should be; the same seed gives the same cases, and --part with --only repeats one of them.
`;

/** Megabytes that a heap may differ by from one collection to another. */
const HEAP_NOISE = 8;

const PARTS: Readonly<Record<string, { share: number; run: (options: FuzzOptions) => Promise<FuzzReport> }>> = {
  ingest: { share: 1, run: fuzzIngest },
  normaliser: { share: 1, run: fuzzNormaliser },
  enrichment: { share: 5, run: fuzzEnrichment },
  gateway: { share: 50, run: overHttp },
};

async function overHttp(options: FuzzOptions): Promise<FuzzReport> {
  const core = await startCore({ consume: false, secrets: { webhook: SECRET } });
  try {
    return await fuzzGateway(core, options);
  } finally {
    await core.close();
  }
}

/** @returns whether all was as it should be. */
function tell({ name, runs, outcomes, failures, heap, slowest }: FuzzReport, seed: number): boolean {
  const counted = Object.entries(outcomes).toSorted(([, a], [, b]) => b - a);
  console.log(`\n${name}: ${runs} cases, seed ${seed}`);
  for (const [outcome, count] of counted) console.log(`  ${String(count).padStart(8)}  ${outcome}`);
  console.log(
    `  heap ${heap.start} MB when warm, ${heap.end} MB at the end; slowest case ${slowest.index}: ${slowest.ms} ms`,
  );
  for (const { index, what } of failures) {
    console.log(`  FAILED ${what}`);
    console.log(`    again: npm run fuzz -- --seed ${seed} --part ${name}${index < 0 ? '' : ` --only ${index}`}`);
  }
  const grown = runs > 1 && heap.end - heap.start > HEAP_NOISE;
  if (grown) console.log(`  FAILED the heap has grown by more than ${HEAP_NOISE} MB`);
  return failures.length === 0 && !grown;
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { runs: text, seed: text, part: text, only: text, help: { type: 'boolean', short: 'h' } },
  });
  const [runs, seed] = [Number(values.runs ?? 100_000), Number(values.seed ?? Date.now() % 1_000_000)];
  const parts = Object.entries(PARTS).filter(([name]) => values.part === undefined || values.part === name);
  if (values.help === true || parts.length === 0 || !(runs > 0) || !Number.isSafeInteger(seed)) {
    console.log(HELP);
    return values.help === true ? 0 : 2;
  }
  const only = values.only === undefined ? undefined : Number(values.only);
  let sound = true;
  for (const [, { share, run }] of parts) {
    sound = tell(await run({ seed, runs: Math.ceil(runs / share), only }), seed) && sound;
  }
  return sound ? 0 : 1;
}

process.exitCode = await main();
