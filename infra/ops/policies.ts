import type { Action, OwnPolicies, Policy } from '../../shared/acts/act.ts';
import { describePolicy, mergePolicies, type Policies } from '../../shared/acts/policies.ts';
import {
  EVERY_COMPANY,
  type PolicyChange,
  readStoredPolicies,
  type StoredPolicies,
  writeStoredPolicies,
} from '../../shared/acts/policy-table.ts';
import type { Deployed } from './deployed.ts';

/** Who changes something, when, and why. */
export interface Signed {
  readonly by: string;
  readonly at: string;
  readonly reason?: string | undefined;
}

/** What became of a change; `from` and `to` in a person's words. */
export interface Changed {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

type Stage = Pick<Deployed, 'dynamo' | 'tables'>;
type Stored = StoredPolicies | 'unreadable' | undefined;

/** Somebody else changes the same item all the time: give up rather than undo what they did. */
const TRIES = 5;

/**
 * Changes one company's item and keeps who changed what. Starts again where somebody else was quicker.
 * @returns undefined when somebody else was, each time.
 */
async function change(
  { dynamo, tables }: Stage,
  company: string,
  signed: Signed,
  step: (before: StoredPolicies) => { readonly next: Omit<StoredPolicies, 'revision'>; readonly told: Changed },
): Promise<Changed | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before: Stored = await readStoredPolicies(dynamo, tables.operations, company);
    const { next, told } = step(typeof before === 'object' ? before : { id: company, revision: 0, policies: {} });
    const { by, at, reason } = signed;
    const entry: Omit<PolicyChange, 'id' | 'company'> = { ...told, by, at, ...(reason !== undefined && { reason }) };
    if (await writeStoredPolicies(dynamo, tables.operations, next, before, entry)) return told;
  }
  return undefined;
}

const IS_DEFAULT = 'as the settings say';
const describe = (policy: Policy | undefined): string => (policy === undefined ? IS_DEFAULT : describePolicy(policy));

/** Sets one action's policy for a company; undefined: as the deployed settings say again. */
export async function setPolicy(
  stage: Stage,
  {
    company,
    action,
    policy,
  }: { readonly company: string; readonly action: Action; readonly policy: Policy | undefined },
  signed: Signed,
): Promise<Changed | undefined> {
  return await change(stage, company, signed, (before) => {
    const { [action]: was, ...others } = before.policies;
    const policies: OwnPolicies = policy === undefined ? others : { ...others, [action]: policy };
    return { next: { ...before, policies }, told: { what: action, from: describe(was), to: describe(policy) } };
  });
}

/** Stops everything driven by AI, or lets it go on. @param company undefined for all companies. */
export async function setKill(
  stage: Stage,
  { company = EVERY_COMPANY, stop }: { readonly company?: string | undefined; readonly stop: boolean },
  signed: Signed,
): Promise<Changed | undefined> {
  return await change(stage, company, signed, ({ killed, ...before }) => {
    const { by, at: since, reason = 'no reason given' } = signed;
    const told = { what: 'all AI', from: killed ? 'stopped' : 'on', to: stop ? 'stopped' : 'on' };
    return { next: stop ? { ...before, killed: { by, since, reason } } : before, told };
  });
}

/** What holds for a company just now, as a person should see it. */
export async function policiesNow(
  { dynamo, tables }: Stage,
  company: string,
  own: OwnPolicies,
): Promise<Policies | 'unreadable'> {
  const [ofAll, ofCompany] = await Promise.all([
    readStoredPolicies(dynamo, tables.operations, EVERY_COMPANY),
    readStoredPolicies(dynamo, tables.operations, company),
  ]);
  if (ofAll === 'unreadable' || ofCompany === 'unreadable') return 'unreadable';
  return mergePolicies(own, ofCompany?.policies ?? {}, ofAll?.killed ?? ofCompany?.killed);
}
