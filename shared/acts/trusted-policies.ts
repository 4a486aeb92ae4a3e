import { errorFacts, type Log } from '../observability/logger.ts';
import type { OwnPolicies } from './act.ts';
import { type Kill, mergePolicies, type Policies } from './policies.ts';
import { EVERY_COMPANY, type PolicyTable } from './policy-table.ts';

/** How long an answer is good for: with it a change is obeyed by everybody within a minute. */
const TRUSTED_MS = 15_000;
/** How long the last answer holds while there is no new one. */
const KEPT_MS = 10 * 60_000;
/** While there is no answer, how long nobody asks again: nobody's work waits for it each time. */
const RETRY_MS = 10_000;

/** What holds for a company just now. Never throws. @param own the policies of its settings. */
export type PoliciesOf = (company: string, own: OwnPolicies) => Promise<Policies>;

export interface TrustedDeps {
  readonly read: () => Promise<PolicyTable>;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * Policies as this execution environment last read them. Where they cannot be read, the last ones known hold for a
 * while; after that, and where none are known, nothing driven by AI is done: facts go on.
 */
export function trustedPolicies({ read, log, now }: TrustedDeps): PoliciesOf {
  let known: { readonly table: PolicyTable; readonly at: number } | undefined;
  let askAgainAt = 0;

  const look = async (): Promise<PolicyTable | undefined> => {
    const at = now().getTime();
    if (at >= askAgainAt) {
      try {
        known = { table: await read(), at };
        askAgainAt = at + TRUSTED_MS;
      } catch (error) {
        askAgainAt = at + RETRY_MS;
        log.warn('policies.unreadable', { known: known !== undefined, ...errorFacts(error) });
      }
    }
    return known !== undefined && at - known.at < KEPT_MS ? known.table : undefined;
  };

  return async (company, own) => {
    const table = await look();
    const since = now().toISOString();
    if (table === undefined) return mergePolicies(own, {}, unreadable('the policies cannot be read', since));
    const [ofAll, ofCompany] = [table.get(EVERY_COMPANY), table.get(company)];
    if (ofAll === 'unreadable' || ofCompany === 'unreadable') {
      log.error('policies.broken', { company });
      return mergePolicies(own, {}, unreadable('their item in the operations table cannot be read', since));
    }
    return mergePolicies(own, ofCompany?.policies ?? {}, ofAll?.killed ?? ofCompany?.killed);
  };
}

const unreadable = (reason: string, since: string): Kill => ({ by: 'Harborlight', since, reason });
