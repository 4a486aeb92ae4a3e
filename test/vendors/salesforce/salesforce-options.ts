import { Sessions } from './auth.ts';
import type { OrgOptions } from './org.ts';
import type { DuplicateRules } from './records.ts';
import type { SetUpState } from './setup/set-up.ts';

export interface SalesforceOptions {
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** The user a JWT may name. */
  readonly username?: string;
  /** PEM public key that JWT assertions are verified with; without it no JWT is accepted. */
  readonly publicKey?: string;
  readonly sessionSeconds?: number;
  /** Tokens handed out in an hour before `login rate exceeded`. */
  readonly loginsPerHour?: number;
  /** API calls a day before REQUEST_LIMIT_EXCEEDED. */
  readonly requestLimit?: number;
  readonly personAccounts?: boolean;
  readonly multiCurrency?: boolean;
  readonly duplicateRules?: DuplicateRules;
  /** Two writing requests in flight that touch the same record, parent or new key are refused; each lasts `workMs` twice. */
  readonly strictLocks?: boolean;
  readonly workMs?: number;
  /** `Object.Field` names whose uniqueness the administrator never switched on: upserts there may answer 300. */
  readonly notUnique?: readonly string[];
  /** The sync's user may not read the org's own record. */
  readonly organizationHidden?: boolean;
  /** How much of our set-up is there: nothing, all, or all but the permission set's assignment. `complete` by default. */
  readonly setUp?: SetUpState;
  /** `Object.Field` names the permission set was never given. */
  readonly hiddenFields?: readonly string[];
}

/** What of it the org itself is like. */
export function orgOptionsOf(options: SalesforceOptions): OrgOptions {
  return {
    personAccounts: options.personAccounts ?? false,
    multiCurrency: options.multiCurrency ?? false,
    duplicateRules: options.duplicateRules ?? 'off',
    strictLocks: options.strictLocks ?? false,
    notUnique: options.notUnique ?? [],
    organizationHidden: options.organizationHidden ?? false,
  };
}

/** Who may log in: the sync's own app, and that of an administrator. */
export function sessionsFor(options: SalesforceOptions): Sessions {
  return new Sessions({
    admin: { clientId: 'harborlight-admin', clientSecret: 'local-admin-secret' },
    clientId: options.clientId ?? 'harborlight-local',
    clientSecret: options.clientSecret ?? 'local-secret',
    username: options.username ?? 'sync@harborlight.test',
    publicKey: options.publicKey,
    sessionSeconds: options.sessionSeconds ?? 7200,
    loginsPerHour: options.loginsPerHour ?? 3600,
  });
}
