import { isDeepStrictEqual } from 'node:util';
import { credentialsSchema } from '../../functions/crm-sync/salesforce/credentials.ts';
import { openAiSecretSchema } from '../../functions/enrichment/understanding/model.ts';
import { type MailchimpAccounts, mailchimpSecretSchema } from '../../functions/marketing-sync/mailchimp/audiences.ts';
import { fareHarborSecretSchema } from '../../shared/fareharbor/access.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import { entryFor, perCompany } from '../../shared/secrets/secrets.ts';
import type { CompanySettings, Settings } from '../../shared/settings/settings.ts';
import type { Finding } from '../provision/finding.ts';
import { checkMailchimp } from '../provision/mailchimp/provision-mailchimp.ts';
import { checkSalesforce } from '../provision/salesforce/check-salesforce.ts';
import type { OrgSettings } from '../provision/salesforce/own-settings.ts';
import type { Stage } from '../stages.ts';
import type { AwsAccount } from './aws-account.ts';
import { checkFareHarbor } from './check-fareharbor.ts';
import { checkModels } from './check-model.ts';
import { readSecret, strangers } from './secrets.ts';

const TIMEOUT_MS = 15_000;

/** The entries of the secrets by their names, for whoever has to mend one. */
const SALESFORCE_KEYS = { loginUrl: 'loginUrl', clientId: 'clientId', clientSecret: 'clientSecret (or privateKey)' };
const MAILCHIMP_KEYS = { apiKey: 'apiKey', audienceId: 'audienceId', apiUrl: 'apiUrl' };

/** Each vendor with the keys that its secret holds: whether they are let in, and find what the sync needs. */
export async function checkVendors(aws: AwsAccount, { name, settings }: Stage): Promise<Finding[]> {
  const entries = Object.entries(settings.companies);
  const companies = Object.keys(settings.companies);
  const fareHarbor = await readSecret(aws, name, 'fareharbor', fareHarborSecretSchema);
  const salesforce = await readSecret(aws, name, 'salesforce', perCompany(credentialsSchema));
  const mailchimp = await readSecret(aws, name, 'mailchimp', mailchimpSecretSchema);
  const openAi = await readSecret(aws, name, 'openai', openAiSecretSchema);
  const users = (uses: (settings: CompanySettings) => boolean): string[] =>
    entries.flatMap(([company, own]) => (uses(own) ? [company] : []));
  return [
    fareHarbor.finding,
    ...strangers('fareharbor', fareHarbor.value, companies),
    ...(fareHarbor.value
      ? await checkFareHarbor(fareHarbor.value, companies, httpClient('FareHarbor', TIMEOUT_MS))
      : []),
    salesforce.finding,
    ...strangers('salesforce', salesforce.value, companies),
    ...(await ofAccounts(
      'Salesforce',
      salesforce.value,
      users(({ salesforce: { enabled } }) => enabled),
      (account, of) => checkSalesforce(account, settingsOf(settings, of), SALESFORCE_KEYS),
    )),
    mailchimp.finding,
    ...strangers('mailchimp', mailchimp.value, companies),
    ...(await ofAccounts(
      'Mailchimp',
      mailchimp.value,
      users(({ mailchimp: { enabled } }) => enabled),
      checkAudience,
    )),
    openAi.finding,
    ...strangers('openai', openAi.value, companies),
    ...(openAi.value ? await checkModels(openAi.value, settings, httpClient('the model’s server', TIMEOUT_MS)) : []),
  ];
}

/** The findings of each account that companies share, once; where not all share it, with their names. */
async function ofAccounts<Account>(
  vendor: string,
  secret: Readonly<Record<string, Account>> | undefined,
  companies: readonly string[],
  check: (account: Account, of: readonly string[]) => Promise<Finding[]>,
): Promise<Finding[]> {
  if (secret === undefined) return [];
  const accounts: { readonly account: Account; readonly of: string[] }[] = [];
  const findings: Finding[] = [];
  for (const company of companies) {
    const account = entryFor(secret, company);
    const known = accounts.find((one) => isDeepStrictEqual(one.account, account));
    if (account === undefined) findings.push(without(vendor, company));
    else if (known === undefined) accounts.push({ account, of: [company] });
    else known.of.push(company);
  }
  for (const { account, of } of accounts) {
    const found = await check(account, of);
    const whose = of.length === companies.length ? vendor : `${vendor} (${listOf(of)})`;
    const named = found.map((one) => ({ ...one, what: `${whose}: ${one.what}` }));
    findings.push(...named);
  }
  return findings;
}

/** Short enough for a table, however many companies share an account. */
function listOf(companies: readonly string[]): string {
  const [first = '', ...others] = companies;
  return companies.length > 3 ? `${first} and ${others.length} others` : companies.join(', ');
}

function without(vendor: string, company: string): Finding {
  const note = `its secret has no entry for it and none for *: add one, or switch ${vendor} off for it in the settings`;
  return { what: `${vendor} (${company})`, state: 'missing', note };
}

function settingsOf({ companies }: Settings, names: readonly string[]): OrgSettings {
  return names.flatMap((name) => companies[name]?.salesforce ?? []);
}

async function checkAudience({ apiKey, audienceId, apiUrl }: MailchimpAccounts[string]): Promise<Finding[]> {
  const [, dataCentre] = /-([a-z]{2,3}\d{1,3})$/.exec(apiKey) ?? [];
  const address = apiUrl ?? (dataCentre && `https://${dataCentre}.api.mailchimp.com/3.0`);
  if (address === undefined) {
    return [{ what: 'key', state: 'wrong', note: 'does not end in its data centre, such as -us1: is it whole?' }];
  }
  if (audienceId === '') {
    return [{ what: 'audience', state: 'missing', note: 'fill audienceId (Audience > Settings shows it)' }];
  }
  return await checkMailchimp({ apiKey, audienceId, apiUrl: address }, MAILCHIMP_KEYS);
}
