import { parseArgs } from 'node:util';
import * as z from 'zod';
import { PRICES } from '../prices.ts';
import { type Stage, stageNamed } from '../stages.ts';
import { ASSUMED, type Assumptions } from './assumptions.ts';
import type { Costing } from './calculate.ts';
import type { Deployed } from './deployed.ts';
import { WAITS } from './measure/critical-path.ts';
import type { Measured } from './measured.ts';
import { billOf, drawBill } from './report.ts';

export const HELP = `npm run cost -- --webhooks <a month> [--stage prod] [--irrelevant 0.6] [--latency salesforce=700,model=1500] [--json]
npm run cost -- --measure [--rounds 3] [--seed 1]

What AWS charges for so many webhooks a month, from work that was measured, the stage's own template and dated prices, beside
what Zapier and a small machine with n8n would cost. Needs no AWS account.

  --irrelevant  share of the webhooks that tell of nothing new, 0 to 1
  --latency     milliseconds that a call takes: ${WAITS.join(', ')}
  --cold-starts share of invocations that find no warm process, 0 to 1
  --kept-months months that bookings are kept
  --measure     sends sample bookings through the local stack, one webhook at a time, counts all that each leads to, and
                writes infra/cost/measured.json; some minutes, on a machine that does nothing else
  --rounds      how often the sample bookings are gone through, 1 to 20
  --seed        what the webhooks and their order are made from
`;

const DONE = 0;
const MISUSED = 2;

/** What the command reaches beside its own files. */
export interface CostReach {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly readMeasured: () => Measured;
  readonly deployedAs: (stage: Stage) => Deployed;
  /** Measures, and keeps what it measured. @returns where it is kept. */
  readonly measure: (options: { readonly rounds: number; readonly seed: number }) => Promise<string>;
}

/** The command was called wrongly. */
class Misuse extends Error {
  override readonly name = 'Misuse';
}

const share = z.coerce.number().min(0).max(1);
const optionsSchema = z.object({
  webhooks: z.coerce.number().min(1).max(1e12).optional(),
  stage: z.string().default('prod'),
  irrelevant: share.default(ASSUMED.irrelevant),
  latency: z.string().default(''),
  'cold-starts': share.default(ASSUMED.coldStarts),
  'kept-months': z.coerce.number().min(0).max(1200).default(ASSUMED.keptMonths),
  rounds: z.coerce.number().int().min(1).max(20).default(3),
  seed: z.coerce.number().int().min(0).max(1_000_000).default(1),
  measure: z.boolean().default(false),
  json: z.boolean().default(false),
  help: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

/**
 * Runs `npm run cost`.
 * @returns the exit code: 0 when it told what it was asked, 2 when it was called wrongly.
 */
export async function cost(args: readonly string[], reach: CostReach): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.help) reach.print(HELP);
    else if (options.measure) reach.print(`written to ${await reach.measure(options)}`);
    else tell(options, reach);
    return DONE;
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    reach.complain(`${error.message}\n\n${HELP}`);
    return MISUSED;
  }
}

function tell(options: Options, { print, readMeasured, deployedAs }: CostReach): void {
  const { webhooks } = options;
  if (webhooks === undefined) throw new Misuse('--webhooks: how many come in a month?');
  const assumed = assumptionsOf(options);
  const stage = stageOf(options.stage);
  const costing: Costing = { measured: readMeasured(), deployed: deployedAs(stage), assumed, prices: PRICES };
  print(options.json ? JSON.stringify(billOf(costing, webhooks)) : drawBill(costing, webhooks, stage.name));
}

function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    webhooks: text,
    stage: text,
    irrelevant: text,
    latency: text,
    'cold-starts': text,
    'kept-months': text,
    rounds: text,
    seed: text,
    measure: flag,
    json: flag,
    help: flag,
  };
  let values: unknown;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
  const parsed = optionsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Misuse(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
}

function assumptionsOf(options: Options): Assumptions {
  return {
    ...ASSUMED,
    irrelevant: options.irrelevant,
    coldStarts: options['cold-starts'],
    keptMonths: options['kept-months'],
    latencyMs: { ...ASSUMED.latencyMs, ...latenciesIn(options.latency) },
  };
}

const milliseconds = z.coerce.number().min(0).max(900_000);

function latenciesIn(text: string): Partial<Assumptions['latencyMs']> {
  if (text === '') return {};
  const entries = text.split(',').map((part) => {
    const [name, value = ''] = part.split('=');
    const wait = WAITS.find((one) => one === name);
    const parsed = milliseconds.safeParse(value === '' ? Number.NaN : value);
    if (wait === undefined || !parsed.success) {
      throw new Misuse(`--latency: ${part} is not <name>=<milliseconds> of one of ${WAITS.join(', ')}`);
    }
    return [wait, parsed.data];
  });
  return Object.fromEntries(entries);
}

function stageOf(name: string): Stage {
  try {
    return stageNamed(name);
  } catch (error) {
    // Its name, or its settings: either is said in the message.
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
}
