import { API_VERSION } from '../../../functions/crm-sync/salesforce/composite.ts';
import type { Credentials } from '../../../functions/crm-sync/salesforce/credentials.ts';
import { type Finding, failed } from '../finding.ts';
import { compareObject } from './compare-object.ts';
import type { Described } from './described.ts';
import { neededObjects } from './needed.ts';
import { type OrgSetUp, servesVersion, signIn } from './org.ts';

const ADDRESS =
  "check SALESFORCE_LOGIN_URL: your org's own address (Setup > My Domain), such as https://….my.salesforce.com";
const FIXES: Readonly<Record<string, string>> = {
  'salesforce.login-refused':
    'check SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET, and that the External Client App allows the client credentials flow with a user to run as',
  'salesforce.network': ADDRESS,
  'salesforce.malformed-reply': ADDRESS,
  'salesforce.set-up': 'our user may not use the API: assign the permission set Harborlight_Sync to it',
};

/**
 * Compares an org with what crm-sync needs. It changes nothing.
 * @returns the findings; a call that failed is one, and ends the look.
 */
export async function checkSalesforce(config: Credentials): Promise<Finding[]> {
  const version = await versionFinding(config);
  if (version.state !== 'ok') return [version];
  try {
    const org = await signIn(config);
    const signedIn: Finding = { what: SIGN_IN, state: 'ok', note: '' };
    return [version, signedIn, ...(await objectFindings(org))];
  } catch (error) {
    return [version, failed(SIGN_IN, error, FIXES)];
  }
}

const SIGN_IN = 'sign-in';
const VERSION = `API version ${API_VERSION}`;

/** Whether a finding is about getting into the org at all, and not about what is in it. */
export function isEntry(what: string): boolean {
  return what === SIGN_IN || what === VERSION;
}

async function versionFinding(config: Credentials): Promise<Finding> {
  const what = VERSION;
  try {
    if (await servesVersion(config)) return { what, state: 'ok', note: '' };
    return { what, state: 'missing', note: 'the org does not serve it: take a release of the sync made for this org' };
  } catch (error) {
    return failed(what, error, FIXES);
  }
}

async function objectFindings(org: OrgSetUp): Promise<Finding[]> {
  const described = new Map<string, Described>();
  const findings: Finding[] = [];
  for (const needed of neededObjects()) {
    try {
      const found = await org.describe(needed.name);
      if (found !== undefined) described.set(needed.name, found);
      findings.push(...compareObject(needed, found));
    } catch (error) {
      return [...findings, failed(needed.name, error, FIXES)];
    }
  }
  return [...findings, ...shapeOf(described), ...(await duplicateRuleFindings(org))];
}

/** The sync asks to save in spite of rules that only warn; one that forbids parks the booking. */
async function duplicateRuleFindings(org: OrgSetUp): Promise<Finding[]> {
  const what = 'duplicate rules';
  try {
    const rules = await org.activeDuplicateRules();
    if (rules === undefined) {
      return [
        { what, state: 'ok', note: 'our user may not see them: those on Account and Contact must allow, not block' },
      ];
    }
    const note = rules.length === 0 ? 'none is active' : `active: ${rules.join(', ')}; they must allow, not block`;
    return [{ what, state: 'ok', note }];
  } catch (error) {
    return [failed(what, error, FIXES)];
  }
}

/** Two features of an org that the settings must agree with. */
function shapeOf(described: ReadonlyMap<string, Described>): Finding[] {
  const has = (object: string, field: string): boolean =>
    described.get(object)?.fields.some(({ name }) => name === field) === true;
  const feature = (what: string, setting: string): Finding => ({
    what,
    state: 'ok',
    note: `the org has them: see ${setting} in the settings`,
  });
  return [
    ...(has('Account', 'IsPersonAccount') ? [feature('person accounts', 'salesforce.personAccounts')] : []),
    ...(has('Opportunity', 'CurrencyIsoCode') ? [feature('several currencies', 'salesforce.multiCurrency')] : []),
  ];
}
