import type { OwnPolicies } from '../../shared/acts/act.ts';
import { ACTIONS, type Action, actionSchema, MODES, type Policy, policySchema } from '../../shared/acts/act.ts';
import { describePolicy } from '../../shared/acts/policies.ts';
import { listPolicyChanges } from '../../shared/acts/policy-table.ts';
import { segmentSchema } from '../../shared/understanding/understanding.ts';
import { settingsOfStage } from '../settings/stage-settings.ts';
import { agreed, type Call, Misuse, NOT_DONE, oneOf, show, signatureOf, tell } from './call.ts';
import { policiesNow, type Signed, setKill, setPolicy } from './policies.ts';

const COMMANDS = ['show', 'set', 'reset', 'kill', 'unkill', 'log'] as const;
/** Functions read policies again after a quarter of a minute. */
const SOON = 'It holds within a minute.';

/** `settings …`: how far what is driven by AI may go. */
export async function settings(call: Call): Promise<number> {
  const what = call.argument ?? 'show';
  const command = oneOf(COMMANDS, what, 'settings takes one of');
  const most = { show: 0, set: 2, reset: 1, kill: 0, unkill: 0, log: 0 }[command];
  if (call.more.length > most) throw new Misuse(`settings ${command} does not take "${call.more[most]}".`);
  switch (command) {
    case 'show':
      return await showPolicies(call);
    case 'set':
      return await set(call);
    case 'reset':
      return await reset(call);
    case 'kill':
      return await kill(call);
    case 'unkill':
      return await unkill(call);
    case 'log':
      return await log(call);
  }
}

/** The stage's companies with the policies of their settings. */
function companiesOf({ values }: Call): ReadonlyMap<string, OwnPolicies> {
  const found = settingsOfStage(values.stage);
  if (found === undefined) throw new Misuse(`There are no settings of a stage ${values.stage}: dev or prod.`);
  return new Map(Object.entries(found.companies).map(([company, { acts }]) => [company, acts]));
}

/** The company meant. @throws Misuse where there are several and none is named, or there is none of that name. */
function companyOf(call: Call): string {
  const names = [...companiesOf(call).keys()];
  const { company } = call.values;
  if (company === undefined && names.length === 1 && names[0] !== undefined) return names[0];
  if (company === undefined) throw new Misuse(`Which company? Add --company with one of: ${names.join(', ')}.`);
  if (names.includes(company)) return company;
  throw new Misuse(`${company} is not in the settings of ${call.values.stage}: ${names.join(', ') || 'none'} are.`);
}

function signed({ values }: Call): Signed {
  return { by: signatureOf(values), at: new Date().toISOString(), reason: values.reason };
}

async function showPolicies(call: Call): Promise<number> {
  const companies = companiesOf(call);
  const wanted = call.values.company === undefined ? [...companies.keys()] : [companyOf(call)];
  const rows = await Promise.all(wanted.map((company) => rowsOf(call, company, companies.get(company) ?? {})));
  return show(call, rows.flat(), ['company', 'action', 'policy', 'note'], 'No company is in the settings.');
}

async function rowsOf({ stage }: Call, company: string, own: OwnPolicies) {
  const policies = await policiesNow(stage, company, own);
  if (policies === 'unreadable') {
    const note = 'the item in the operations table cannot be read: all AI is stopped until it is set again';
    return [{ company, action: 'all', policy: 'stopped', note }];
  }
  const { of, killed } = policies;
  const note = killed === undefined ? '' : `stopped by ${killed.by} since ${killed.since}: ${killed.reason}`;
  return ACTIONS.map((action) => ({ company, action, policy: describePolicy(of[action]), note }));
}

async function set(call: Call): Promise<number> {
  const action = oneOf(ACTIONS, call.more[0], 'settings set needs an action');
  const mode = oneOf(MODES, call.more[1], `settings set ${action} needs a mode`);
  const company = companyOf(call);
  const policy = policyFrom(call, mode);
  const question = `Let ${action} of ${company} be ${describePolicy(policy)} from now on?`;
  if (!(await agreed(call, question))) return NOT_DONE;
  return await tellSet(call, { company, action, policy });
}

async function reset(call: Call): Promise<number> {
  const action = oneOf(ACTIONS, call.more[0], 'settings reset needs an action');
  const company = companyOf(call);
  if (!(await agreed(call, `Let ${action} of ${company} be as the deployed settings say?`))) return NOT_DONE;
  return await tellSet(call, { company, action: actionSchema.parse(action), policy: undefined });
}

interface Setting {
  readonly company: string;
  readonly action: Action;
  readonly policy: Policy | undefined;
}

async function tellSet(call: Call, setting: Setting): Promise<number> {
  const changed = await setPolicy(call.stage, setting, signed(call));
  if (changed === undefined) return tooMany(call);
  const text = `${changed.what} of ${setting.company}: ${changed.from} → ${changed.to}. ${SOON}`;
  return tell(call, { company: setting.company, ...changed }, text);
}

function policyFrom({ values }: Call, mode: Policy['mode']): Policy {
  const { items, segments } = values;
  const minScore = values['min-score'];
  const given = {
    mode,
    ...(minScore !== undefined && { minScore: numberOf(minScore) }),
    ...(items !== undefined && { items: listOf(items).map(numberOf) }),
    ...(segments !== undefined && { segments: listOf(segments) }),
  };
  const parsed = policySchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [wrong] = parsed.error.issues[0]?.path ?? [];
  if (wrong === 'minScore') throw new Misuse('--min-score takes a whole number from 0 to 100.');
  if (wrong === 'items') throw new Misuse("--items takes FareHarbor's numbers of items, such as 11001,11002.");
  throw new Misuse(`--segments takes some of: ${segmentSchema.options.join(', ')}.`);
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const numberOf = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text) : Number.NaN);

/** Stopping is never asked about: whoever types it is in a hurry. */
async function kill(call: Call): Promise<number> {
  const company = call.values.company === undefined ? undefined : companyOf(call);
  const changed = await setKill(call.stage, { company, stop: true }, signed(call));
  if (changed === undefined) return tooMany(call);
  const whose = company ?? 'every company';
  const text = `All that is driven by AI stops for ${whose} within a minute; facts go on. "npm run ops -- settings unkill${company === undefined ? '' : ` --company ${company}`}" lets it go on.`;
  return tell(call, { company: whose, ...changed }, text);
}

async function unkill(call: Call): Promise<number> {
  const company = call.values.company === undefined ? undefined : companyOf(call);
  const whose = company ?? 'every company';
  if (!(await agreed(call, `Let what is driven by AI go on for ${whose}?`))) return NOT_DONE;
  const changed = await setKill(call.stage, { company, stop: false }, signed(call));
  if (changed === undefined) return tooMany(call);
  const text = changed.from === 'on' ? `It was not stopped for ${whose}.` : `It goes on for ${whose}. ${SOON}`;
  const still = company === undefined ? false : await isStopped(call, company);
  const but = ' Every company is stopped, though: "npm run ops -- settings unkill" lets all go on.';
  return tell(call, { company: whose, ...changed, still }, `${text}${still ? but : ''}`);
}

async function isStopped({ stage }: Call, company: string): Promise<boolean> {
  const policies = await policiesNow(stage, company, {});
  return policies === 'unreadable' || policies.killed !== undefined;
}

function tooMany({ complain }: Call): number {
  complain('Somebody else changes the same settings at this moment: nothing was done. Try again.\n');
  return NOT_DONE;
}

async function log(call: Call): Promise<number> {
  const { company } = call.values;
  const changes = await listPolicyChanges(call.stage.dynamo, call.stage.tables.operations, company);
  return show(call, changes, ['at', 'by', 'company', 'what', 'from', 'to', 'reason'], 'Nothing was changed.');
}
