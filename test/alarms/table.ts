import type { Alarm } from './cloudwatch/alarms.ts';
import type { Fault, Lasting } from './faults/fault.ts';
import { type Fired, type StageAlarms, shortName } from './fire.ts';

/** Which bookings came at that moment moves a time by some minutes; from an hour on it is rounded up to half an hour. */
const STEPS = [2, 20, 60];

/** Between these two lines of RUNBOOK.md everything is generated. */
export const BEGIN = '<!-- alarms: begin, written by npm run alarms -- --write -->';
export const END = '<!-- alarms: end -->';

/**
 * The table of RUNBOOK.md: each alarm, how it tells, each fault that must set it off, and how long after the fault's
 * beginning it does, in each stage that has it.
 */
export function alarmTable(stages: readonly StageAlarms[], fired: readonly Fired[]): string {
  const names = [...new Set(stages.flatMap(({ stage, alarms }) => alarms.map((alarm) => shortName(alarm, stage))))];
  const rows = names.sort().flatMap((name) => {
    const told = toldBy(name, stages);
    const faults = [...new Set(fired.map(({ produced }) => produced.fault))].filter(({ fires }) =>
      fires.includes(name),
    );
    return faults.map(
      (fault) => `| ${name} | ${told} | ${fault.what} | ${howProduced(fault.lasts)} | ${when(name, fault, fired)} |`,
    );
  });
  return ['| alarm | tells | fault that sets it off | as | after |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** RUNBOOK.md with this table in it. @throws where the two lines are not in it. */
export function withTable(runbook: string, table: string): string {
  const { before, after } = around(runbook);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

/** The table that is in RUNBOOK.md. @throws where the two lines are not in it. */
export function tableIn(runbook: string): string {
  return around(runbook).table.trim();
}

/**
 * The rows in which two tables do not agree. Times may be one step apart: how many calls a run of the stack makes differs
 * a little from run to run, and a share of them is what some alarms wait for.
 */
export function rowsApart(one: string, other: string): readonly string[] {
  const [rows, others] = [one.split('\n'), other.split('\n')];
  return [
    ...rows.filter((row, at) => !isSameRow(row, others[at] ?? '')),
    ...others.slice(rows.length).map((row) => `missing: ${row}`),
  ];
}

function isSameRow(row: string, other: string): boolean {
  const [cells, others] = [row.split(' | '), other.split(' | ')];
  const [times, otherTimes] = [timesIn(cells.pop() ?? ''), timesIn(others.pop() ?? '')];
  return cells.join() === others.join() && stepsApart(times, otherTimes) <= 1;
}

/** The minutes in a cell of times, by stage; where one time is for all stages, by `''`. */
function timesIn(cell: string): ReadonlyMap<string, number> {
  const all = [...cell.matchAll(/(?:(\w+) )?([\d.]+) (min|h)\b/g)];
  return new Map(all.map(([, stage = '', time = '', unit]) => [stage, Number(time) * (unit === 'h' ? 60 : 1)]));
}

/** How many steps apart two cells' times are, at most. One that only one of them has is far apart. */
function stepsApart(times: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): number {
  const stages = [...new Set([...times.keys(), ...others.keys()])].filter((stage) => stage !== '');
  const apart = (stages.length === 0 ? [''] : stages).map((stage) => {
    const [time, other] = [times, others].map((of) => of.get(stage) ?? of.get(''));
    if (time === undefined || other === undefined) return time === other ? 0 : Number.POSITIVE_INFINITY;
    return Math.abs(stepOf(time) - stepOf(other));
  });
  return Math.max(...apart);
}

function stepOf(minutes: number): number {
  const step = STEPS.findIndex((one) => one >= minutes);
  return step >= 0 ? step : STEPS.length - 3 + Math.ceil(minutes / 30);
}

function around(runbook: string): Readonly<Record<'before' | 'table' | 'after', string>> {
  const [before, rest] = runbook.split(BEGIN);
  const [table, after] = rest?.split(END) ?? [];
  if (before === undefined || table === undefined || after === undefined) {
    throw new Error(`RUNBOOK.md has no lines ${BEGIN} and ${END}`);
  }
  return { before, table, after };
}

function toldBy(name: string, stages: readonly StageAlarms[]): string {
  const alarm = stages.flatMap(({ stage, alarms }) => alarms.filter((one) => shortName(one, stage) === name))[0];
  return alarm === undefined ? '' : severityOf(alarm);
}

function severityOf({ actions }: Alarm): string {
  if (actions.length === 0) return 'by another';
  return actions.some((action) => action.includes('page')) ? 'page' : 'ticket';
}

function howProduced(lasts: Lasting): string {
  if (lasts.kind === 'once') return 'once';
  const length = duration(lasts.minutes);
  if (lasts.kind === 'waits') return `as emitted, growing older for ${length}`;
  const often = lasts.times === undefined ? '' : `${lasts.times} times `;
  return `as emitted, ${often}every ${lasts.every === undefined ? 'minute' : `${lasts.every} min`} for ${length}`;
}

function when(name: string, fault: Fault, fired: readonly Fired[]): string {
  const times = fired
    .filter(({ produced }) => produced.fault === fault)
    .flatMap(({ stage, after }) => {
      const minutes = after.get(name);
      return minutes === undefined ? [] : [[stage, duration(roundedUp(minutes))] as const];
    });
  const [first, ...others] = times;
  if (first === undefined) return 'never';
  const isSame = others.every(([, time]) => time === first[1]);
  return isSame && others.length > 0 ? first[1] : times.map(([stage, time]) => `${stage} ${time}`).join(', ');
}

function roundedUp(minutes: number): number {
  return STEPS.find((step) => step >= minutes) ?? Math.ceil(minutes / 30) * 30;
}

function duration(minutes: number): string {
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}
