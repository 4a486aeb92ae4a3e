import { logIn } from '../../../functions/crm-sync/salesforce/connection.ts';
import {
  type Component,
  PERMISSION_SET,
  readFieldComponents,
  readPermissionSetComponent,
} from '../../salesforce/components.ts';
import type { SalesforceConfig } from '../config.ts';
import { type Finding, failed, isComplete } from '../finding.ts';
import { type Administrator, type Refused, signInAsAdministrator, userOf } from './administrator.ts';
import { checkSalesforce, isEntry } from './check-salesforce.ts';

const SIGN_IN_MS = 30_000;

const FIXES: Readonly<Record<string, string>> = {
  'salesforce.login-refused':
    'check SALESFORCE_ADMIN_CLIENT_ID and SALESFORCE_ADMIN_CLIENT_SECRET: an External Client App with the client credentials flow that runs as an administrator',
  'salesforce.set-up':
    'the user who signs in needs the rights "Modify Metadata Through Metadata API Functions" and "Assign Permission Sets": let an administrator’s app do it (SALESFORCE_ADMIN_CLIENT_ID, SALESFORCE_ADMIN_CLIENT_SECRET)',
};

/**
 * Creates what the org lacks of the sync's fields, brings the permission set up to date, and gives it to the sync's user;
 * then looks at the org as the sync sees it. A field that is there is left as an administrator made it. Run again, it
 * changes nothing.
 *
 * @param manner `dry-run` says what would be done.
 */
export async function provisionSalesforce(config: SalesforceConfig, manner: 'do' | 'dry-run'): Promise<Finding[]> {
  const before = await checkSalesforce(config);
  if (isComplete(before)) return before;
  // What nobody can sign in to, nobody can change.
  if (before.some(({ what, state }) => state !== 'ok' && isEntry(what))) return before;
  const changes = await change(config, manner);
  if (manner === 'dry-run' || !isComplete(changes)) return [...changes, ...before];
  return [...changes, ...(await checkSalesforce(config))];
}

async function change(config: SalesforceConfig, manner: 'do' | 'dry-run'): Promise<Finding[]> {
  const { loginUrl, clientId, clientSecret, admin = { clientId, clientSecret } } = config;
  try {
    const administrator = await signInAsAdministrator({ loginUrl, ...admin });
    const fields = await createFields(administrator, manner);
    const set = await writePermissionSet(administrator, manner);
    if (manner === 'dry-run' || !isComplete([...fields, set])) return [...fields, set];
    const { token } = await logIn({ loginUrl, clientId, clientSecret }, SIGN_IN_MS, new Date());
    const isNew = await administrator.assign(PERMISSION_SET, await userOf(token));
    return [
      ...fields,
      set,
      { what: 'user of the sync', state: isNew ? 'created' : 'ok', note: 'has the permission set' },
    ];
  } catch (error) {
    return [failed('the org’s set-up', error, FIXES)];
  }
}

async function createFields(administrator: Administrator, manner: 'do' | 'dry-run'): Promise<Finding[]> {
  const all = readFieldComponents();
  const names = all.map(({ fullName }) => fullName);
  const existing = await administrator.existing('CustomField', names);
  const missing = all.filter(({ fullName }) => !existing.has(fullName));
  if (missing.length === 0) return [{ what: 'custom fields', state: 'ok', note: `all ${all.length} are in the org` }];
  if (manner === 'dry-run') return [wouldCreate('custom fields', missing)];
  const refused = await administrator.upsert('CustomField', missing);
  const created = missing.filter(({ fullName }) => refused.every((one) => one.fullName !== fullName));
  const made: Finding = { what: 'custom fields', state: 'created', note: listOf(created) };
  return [...(created.length === 0 ? [] : [made]), ...refused.map(refusal)];
}

/** Always written whole: what it gives cannot be seen from the sync's side, and writing it again changes nothing. */
async function writePermissionSet(administrator: Administrator, manner: 'do' | 'dry-run'): Promise<Finding> {
  const component = readPermissionSetComponent();
  const isThere = (await administrator.existing('PermissionSet', [PERMISSION_SET])).has(PERMISSION_SET);
  const what = `permission set ${PERMISSION_SET}`;
  if (manner === 'dry-run') {
    return isThere ? { what, state: 'ok', note: 'would be brought up to date' } : wouldCreate(what, [component]);
  }
  const [refused] = await administrator.upsert('PermissionSet', [component]);
  if (refused !== undefined) return refusal(refused);
  return isThere ? { what, state: 'ok', note: 'is up to date' } : { what, state: 'created', note: '' };
}

function wouldCreate(what: string, components: readonly Component[]): Finding {
  return { what, state: 'missing', note: `would be created: ${listOf(components)}` };
}

const listOf = (components: readonly Component[]): string => components.map(({ fullName }) => fullName).join(', ');

function refusal({ fullName, reason }: Refused): Finding {
  return { what: fullName, state: 'wrong', note: `Salesforce refused to create it: ${reason}` };
}
