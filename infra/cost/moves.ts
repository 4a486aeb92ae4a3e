import { type Costing, type Line, linesOf } from './calculate.ts';

/** A setting that could be another, and what that would save of a million webhooks and of a month; US dollars. */
export interface Move {
  readonly setting: string;
  readonly perMillion: number;
  readonly perMonth: number;
}

/**
 * What the settings would save that cost most, dearest first; only those that save anything. Memory is none of them: the
 * cheapest that will do is set already, by a sweep (`npm run bench -- --memory`).
 */
export function movesOf(costing: Costing): readonly Move[] {
  const now = total(linesOf(costing));
  const saving = (setting: string, other: Costing): Move => {
    const then = total(linesOf(other));
    return { setting, perMillion: now.perMillion - then.perMillion, perMonth: now.perMonth - then.perMonth };
  };
  const { latencyMs } = costing.assumed;
  const model = total(linesOf(costing).filter(({ of }) => of === 'model')).perMillion;
  const moves = [
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

/** The sum of all lines. */
export function total(lines: readonly Line[]): Pick<Line, 'perMillion' | 'perMonth'> {
  return {
    perMillion: lines.reduce((sum, { perMillion }) => sum + perMillion, 0),
    perMonth: lines.reduce((sum, { perMonth }) => sum + perMonth, 0),
  };
}
