import { RELEVANT_MIX } from '../cost/assumptions.ts';
import { WAITS, type Wait } from '../cost/measure/critical-path.ts';
import { type Kind, readMeasured } from '../cost/measured.ts';
import type { FunctionName } from '../stages.ts';
import type { Chance } from './engine/chance.ts';
import { LATENCY_MS, OWN, SPREAD } from './facts.ts';

const MEASURED = readMeasured();
/** When the work was counted, and how. */
export const MEASURED_AT = MEASURED.at;

/** Processor time of one vCPU, and calls one after the other, of one message. */
export interface Service {
  readonly cpuMs: number;
  readonly waits: Readonly<Partial<Record<Wait, number>>>;
}

/**
 * What a function does with one webhook of such kinds, as `npm run cost -- --measure` counted it: the mean of the kinds,
 * each as often as its weight says.
 */
function serviceOf(functionName: FunctionName, weights: Readonly<Partial<Record<Kind, number>>>): Service {
  let [all, cpuMs] = [0, 0];
  const waits: Partial<Record<Wait, number>> = {};
  for (const [kind, weight] of entriesOf(weights)) {
    const work = MEASURED.kinds[kind].functions[functionName];
    if (work === undefined) continue;
    all += weight;
    cpuMs += weight * work.cpuMsPerInvocation;
    for (const wait of WAITS) waits[wait] = (waits[wait] ?? 0) + weight * (work.waits[wait] ?? 0);
  }
  for (const wait of WAITS) waits[wait] = (waits[wait] ?? 0) / Math.max(all, Number.EPSILON);
  return { cpuMs: cpuMs / Math.max(all, Number.EPSILON), waits };
}

function entriesOf(weights: Readonly<Partial<Record<Kind, number>>>): (readonly [Kind, number])[] {
  const kinds = ['new', 'changed', 'paid', 'cancelled', 'repeated', 'reminded'] as const;
  return kinds.flatMap((kind) => (weights[kind] === undefined ? [] : [[kind, weights[kind]] as const]));
}

const { new: _, ...LATER } = RELEVANT_MIX;
const NOTHING_NEW = { repeated: 2, reminded: 1 };

/** What is done with one message. */
export const SERVICE = {
  ingest: serviceOf('ingest', { repeated: 1 }),
  nothingNew: serviceOf('enrichment', NOTHING_NEW),
  /** A booking that we hold nothing of, and a change of one that we hold. */
  enrichment: { first: serviceOf('enrichment', { new: 1 }), later: serviceOf('enrichment', LATER) },
  crm: { first: serviceOf('crm-sync', { new: 1 }), later: serviceOf('crm-sync', LATER) },
  marketing: { first: serviceOf('marketing-sync', { new: 1 }), later: serviceOf('marketing-sync', LATER) },
  /** A hint for what is there already, and a question whose note is gone: counted in the code, as one read. */
  look: { cpuMs: 3, waits: { dynamodb: 1 } },
  /** A webhook that goes back because no call is left: a read, and its visibility. */
  back: { cpuMs: 4, waits: { dynamodb: 1, sqs: 1 } },
} as const;

/** Calls to vendors take now this, now that long, and are so many now and then; everything else takes its mean. */
const VENDORS: ReadonlySet<Wait> = new Set<Wait>(['fareharbor', 'salesforce', 'salesforceQuery', 'mailchimp', 'model']);

/** A message's time in a function, and the calls to vendors within. */
export interface Served {
  readonly seconds: number;
  readonly calls: number;
}

/** Draws what one message takes in a function of so many MB. */
export function serve({ cpuMs, waits }: Service, memoryMb: number, chance: Chance): Served {
  let ms = cpuMs / Math.min(1, memoryMb * OWN.cpuPerMb.value);
  let calls = 0;
  for (const wait of WAITS) {
    const mean = waits[wait] ?? 0;
    if (!VENDORS.has(wait)) {
      ms += mean * LATENCY_MS[wait];
      continue;
    }
    const drawn = Math.floor(mean) + (chance.uniform() < mean % 1 ? 1 : 0);
    for (let call = 0; call < drawn; call += 1) ms += chance.lognormal(LATENCY_MS[wait], SPREAD.value);
    calls += drawn;
  }
  return { seconds: ms / 1000, calls };
}
