import { API_VERSION } from '../../../functions/crm-sync/salesforce/composite.ts';
import type { Credentials } from '../../../functions/crm-sync/salesforce/credentials.ts';
import { type Finding, failed } from '../finding.ts';
import { compareObject } from './compare-object.ts';
import type { Described } from './described.ts';
import { neededObjects } from './needed.ts';
import { type OrgSetUp, servesVersion, signIn } from './org.ts';
import { asMapped, featureFindings, type OrgSettings, usageFindings } from './own-settings.ts';

/** What the keys are called where the operator set them. */
export interface KeyNames {
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const IN_ENVIRONMENT: KeyNames = {
  loginUrl: 'SALESFORCE_LOGIN_URL',
  clientId: 'SALESFORCE_CLIENT_ID',
  clientSecret: 'SALESFORCE_CLIENT_SECRET',
};

type Fixes = Readonly<Record<string, string>>;

function fixesFor({ loginUrl, clientId, clientSecret }: KeyNames): Fixes {
  const address = `check ${loginUrl}: your org's own address (Setup > My Domain), such as https://….my.salesforce.com`;
  return {
    'salesforce.login-refused': `check ${loginUrl}, ${clientId} and ${clientSecret}, and that the External Client App allows the client credentials flow with a user to run as`,
    'salesforce.network': address,
    'salesforce.malformed-reply': address,
    'salesforce.private-key': 'put the PEM text of the RSA private key there, its line breaks as \\n',
    'salesforce.set-up': 'our user may not use the API: assign the permission set Harborlight_Sync to it',
  };
}

/**
 * Compares an org with what crm-sync needs. It changes nothing.
 * @param companies what the settings of those that share the org say of it, where they are known.
 * @returns the findings; a call that failed is one, and ends the look.
 */
export async function checkSalesforce(
  config: Credentials,
  companies: OrgSettings = [],
  names: KeyNames = IN_ENVIRONMENT,
): Promise<Finding[]> {
  const fixes = fixesFor(names);
  const version = await versionFinding(config, fixes);
  if (version.state !== 'ok') return [version];
  try {
    const org = await signIn(config);
    const signedIn: Finding = { what: SIGN_IN, state: 'ok', note: '' };
    return [version, signedIn, ...(await objectFindings(org, companies, fixes))];
  } catch (error) {
    return [version, failed(SIGN_IN, error, fixes)];
  }
}

const SIGN_IN = 'sign-in';
const VERSION = `API version ${API_VERSION}`;

/** Whether a finding is about getting into the org at all, and not about what is in it. */
export function isEntry(what: string): boolean {
  return what === SIGN_IN || what === VERSION;
}

async function versionFinding(config: Credentials, fixes: Fixes): Promise<Finding> {
  const what = VERSION;
  try {
    if (await servesVersion(config)) return { what, state: 'ok', note: '' };
    return { what, state: 'missing', note: 'the org does not serve it: take a release of the sync made for this org' };
  } catch (error) {
    return failed(what, error, fixes);
  }
}

async function objectFindings(org: OrgSetUp, companies: OrgSettings, fixes: Fixes): Promise<Finding[]> {
  const described = new Map<string, Described>();
  const findings: Finding[] = [];
  for (const needed of neededObjects().map((one) => asMapped(one, companies))) {
    try {
      const found = await org.describe(needed.name);
      if (found !== undefined) described.set(needed.name, found);
      findings.push(...compareObject(needed, found));
    } catch (error) {
      return [...findings, failed(needed.name, error, fixes)];
    }
  }
  return [
    ...findings,
    ...featureFindings(described, companies),
    ...(await duplicateRuleFindings(org, fixes)),
    ...usageFindings(org.usage(), companies),
  ];
}

/** The sync asks to save in spite of rules that only warn; one that forbids parks the booking. */
async function duplicateRuleFindings(org: OrgSetUp, fixes: Fixes): Promise<Finding[]> {
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
    return [failed(what, error, fixes)];
  }
}
