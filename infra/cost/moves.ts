import { type Costing, type Line, linesOf } from './calculate.ts';
import type { Deployed } from './deployed.ts';

/** A setting that could be another, and what that would save of a million webhooks and of a month; US dollars. */
export interface Move {
  readonly setting: string;
  readonly perMillion: number;
  readonly perMonth: number;
}

const MEMORIES_MB = [256, 512, 1024, 1769];
/** Room above the largest process that was measured: memory that runs out ends an invocation. */
const ROOM = 1.4;

/** What the settings would save that cost most, dearest first; only those that save anything. */
export function movesOf(costing: Costing): readonly Move[] {
  const now = total(linesOf(costing));
  const saving = (setting: string, other: Costing): Move => {
    const then = total(linesOf(other));
    return { setting, perMillion: now.perMillion - then.perMillion, perMonth: now.perMonth - then.perMonth };
  };
  const { latencyMs } = costing.assumed;
  const model = total(linesOf(costing).filter(({ of }) => of === 'model')).perMillion;
  const moves = [
    ...memoryMoves(costing, saving),
    saving('tracing off (infra/constructs/node-function.ts)', { ...costing, deployed: untraced(costing.deployed) }),
    { setting: 'no model asked (openai secret {})', perMillion: model, perMonth: 0 },
    saving('Salesforce answering in half the time', {
      ...costing,
      assumed: { ...costing.assumed, latencyMs: { ...latencyMs, salesforce: latencyMs.salesforce / 2 } },
    }),
    saving('half the alarms', {
      ...costing,
      deployed: { ...costing.deployed, alarmMetrics: costing.deployed.alarmMetrics / 2 },
    }),
  ];
  return moves
    .filter(({ perMillion, perMonth }) => perMillion + perMonth > 0.005)
    .sort((a, b) => b.perMillion + b.perMonth - (a.perMillion + a.perMonth));
}

/** The same without tracing and with the cheapest memory of each function: what settings alone can reach. */
export function thriftiest(costing: Costing): Costing {
  const functions = Object.entries(untraced(costing.deployed).functions).map(([service, deployment]) => {
    const price = (memoryMb: number): number => total(linesOf(withMemory(costing, service, memoryMb))).perMillion;
    const [memoryMb = deployment.memoryMb] = memoriesFor(costing, service).toSorted((a, b) => price(a) - price(b));
    return [service, { ...deployment, memoryMb }];
  });
  return { ...costing, deployed: { ...costing.deployed, functions: Object.fromEntries(functions) } };
}

/** The cheapest memory of each function. */
function memoryMoves(costing: Costing, saving: (setting: string, other: Costing) => Move): readonly Move[] {
  return Object.entries(costing.deployed.functions).flatMap(([service, { memoryMb: now }]) =>
    memoriesFor(costing, service)
      .filter((memoryMb) => memoryMb !== now)
      .map((memoryMb) =>
        saving(`memory.${service} ${now} → ${memoryMb} MB (infra/stages.ts)`, withMemory(costing, service, memoryMb)),
      )
      .sort((a, b) => b.perMillion + b.perMonth - (a.perMillion + a.perMonth))
      .slice(0, 1),
  );
}

/** Those that its largest process leaves room in, and the one it has. */
function memoriesFor({ measured, deployed }: Costing, service: string): readonly number[] {
  const least = (measured.rssMb[service] ?? Number.POSITIVE_INFINITY) * ROOM;
  const now = deployed.functions[service]?.memoryMb;
  return [...new Set([...(now === undefined ? [] : [now]), ...MEMORIES_MB.filter((memoryMb) => memoryMb >= least)])];
}

function withMemory(costing: Costing, service: string, memoryMb: number): Costing {
  const { functions } = costing.deployed;
  const before = functions[service];
  if (before === undefined) return costing;
  return {
    ...costing,
    deployed: { ...costing.deployed, functions: { ...functions, [service]: { ...before, memoryMb } } },
  };
}

function untraced(deployed: Deployed): Deployed {
  const functions = Object.entries(deployed.functions).map(([service, one]) => [service, { ...one, traced: false }]);
  return { ...deployed, functions: Object.fromEntries(functions) };
}

/** The sum of all lines. */
export function total(lines: readonly Line[]): Pick<Line, 'perMillion' | 'perMonth'> {
  return {
    perMillion: lines.reduce((sum, { perMillion }) => sum + perMillion, 0),
    perMonth: lines.reduce((sum, { perMonth }) => sum + perMonth, 0),
  };
}
