import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUSY_DAY, CLOSED_SEASON, NORMAL_DAY, QUIET_NIGHT } from './day.ts';
import { FAULTS } from './faults/all.ts';
import { SLOW } from './faults/slow.ts';
import { type Fired, fireAll, type StageAlarms, shortName } from './fire.ts';
import { wentOff } from './quiet.ts';
import { type Rehearsal, rehearse } from './rehearse.ts';
import { type Synthesized, synthesizeStages } from './stages.ts';
import { alarmTable, rowsApart, tableIn, withTable } from './table.ts';

const STAGES = ['dev', 'prod'] as const;
const ALL = [...FAULTS, ...SLOW];
/** Another one may be tried: ALARMS_SEED=1 npx vitest run test/alarms. */
const SEED = Number(process.env.ALARMS_SEED ?? 20_261_121);

let synthesized: Synthesized;
let rehearsal: Rehearsal;
let fired: readonly Fired[];
beforeAll(async () => {
  synthesized = synthesizeStages();
  rehearsal = await rehearse(synthesized.assembly);
  fired = synthesized.stages.flatMap((stage) => fireAll(rehearsal.produced, stage, rehearsal.sample));
}, 300_000);
afterAll(() => synthesized.remove());

function stageNamed(name: string): StageAlarms {
  const found = synthesized.stages.find(({ stage }) => stage === name);
  if (found === undefined) throw new Error(`stage ${name} was not synthesized`);
  return found;
}
const namesIn = (stage: StageAlarms): string[] => stage.alarms.map((alarm) => shortName(alarm, stage.stage));

describe.each(STAGES)('in %s', (name) => {
  it('every alarm has a fault that has to set it off', () => {
    const withFault = new Set(ALL.flatMap(({ fires }) => fires));
    expect(namesIn(stageNamed(name)).filter((alarm) => !withFault.has(alarm))).toEqual([]);
  });

  it.each(ALL)('$what: sets off $fires', (fault) => {
    const produced = rehearsal.produced.find((one) => one.fault === fault);
    expect(produced?.failure, 'it could not be produced').toBeUndefined();
    const after = fired.find((one) => one.stage === name && one.produced.fault === fault)?.after ?? new Map();
    const here = namesIn(stageNamed(name));
    const due = fault.fires.filter((alarm) => here.includes(alarm));
    expect(
      due.filter((alarm) => !after.has(alarm)),
      'these did not go off',
    ).toEqual([]);
    const along = [...after.keys()].filter((alarm) => !due.includes(alarm)).sort();
    expect(along, 'others that went off along with it').toEqual([...(fault.also ?? [])].sort());
  });

  it.each([NORMAL_DAY, QUIET_NIGHT, BUSY_DAY])(`$name sets off nothing (seed ${SEED})`, (day) => {
    expect([...wentOff(day, stageNamed(name), rehearsal.sample, { seed: SEED })]).toEqual([]);
  });

  it('a day of the closed season sets off nothing but the ticket that says so, where the stage asks for it', () => {
    const stage = stageNamed(name);
    // The settings for it: the company has no opening hours, and `silenceHours` of the stage is null.
    const off = wentOff(CLOSED_SEASON, stage, rehearsal.sample, { seed: SEED, hasHours: false });
    expect([...off.keys()]).toEqual(namesIn(stage).filter((alarm) => alarm === 'webhook-silence'));
  });
});

it('every alarm that a fault names is there, in some stage', () => {
  const known = new Set(synthesized.stages.flatMap(namesIn));
  const named = ALL.flatMap(({ fires, also = [] }) => [...fires, ...also]);
  expect(named.filter((alarm) => !known.has(alarm))).toEqual([]);
});

it('RUNBOOK.md has the table of what sets off which alarm, as it is now', () => {
  const runbook = readFileSync(new URL('../../RUNBOOK.md', import.meta.url), 'utf8');
  const table = alarmTable(synthesized.stages, fired);
  expect(rowsApart(table, tableIn(runbook)), 'run npm run alarms -- --write').toEqual([]);
  expect(withTable(runbook, tableIn(runbook))).toBe(runbook);
});
