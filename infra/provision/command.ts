import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../shared/errors/errors.ts';
import { type Environment, readMailchimpConfig, readSalesforceConfig } from './config.ts';
import { drawFindings, type Finding, isComplete, withoutSecrets } from './finding.ts';
import { checkMailchimp, provisionMailchimp } from './mailchimp/provision-mailchimp.ts';
import { checkSalesforce } from './salesforce/check-salesforce.ts';
import { provisionSalesforce } from './salesforce/provision-salesforce.ts';

const HELP = `npm run provision -- <vendor> [--check | --dry-run]

  mailchimp     the audience's merge fields and a segment for each kind of guest: creates what is missing, changes nothing
  salesforce    the custom fields, the permission set and its assignment: creates what is missing, never changes a field
  --check       changes nothing: says what the sync sees and lacks
  --dry-run     changes nothing: says what would be created

It reads MAILCHIMP_API_KEY, MAILCHIMP_AUDIENCE_ID and, where needed, MAILCHIMP_API_URL; or SALESFORCE_LOGIN_URL,
SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET (the sync's own app) and, to create, SALESFORCE_ADMIN_CLIENT_ID and
SALESFORCE_ADMIN_CLIENT_SECRET (an app that runs as an administrator). It ends with 0 only when everything needed is there.
`;

const INCOMPLETE = 1;
const MISUSED = 2;

/**
 * Runs `npm run provision`.
 *
 * @param args what stands behind the program's name.
 * @param print takes what a person is to read; no secret is in it.
 * @returns the exit code: 0 when everything needed is there, 1 when something is not, 2 when it was called wrongly.
 */
export async function provision(
  args: readonly string[],
  environment: Environment,
  print: (text: string) => void,
): Promise<number> {
  const asked = readArgs(args);
  if (asked === undefined) {
    print(HELP);
    return MISUSED;
  }
  if (asked === 'help') {
    print(HELP);
    return 0;
  }
  try {
    const findings = await look(asked, environment);
    print(drawFindings(findings));
    print(summary(findings));
    return isComplete(findings) ? 0 : INCOMPLETE;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    print(error.message);
    return MISUSED;
  }
}

interface Asked {
  readonly vendor: 'mailchimp' | 'salesforce';
  readonly manner: 'do' | 'check' | 'dry-run';
}

/** Undefined where they are not such as the help explains. */
function readArgs(args: readonly string[]): Asked | 'help' | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [vendor, ...more] = positionals;
    if (values.help) return 'help';
    if ((vendor !== 'mailchimp' && vendor !== 'salesforce') || more.length > 0) return undefined;
    if (values.check && values['dry-run']) return undefined;
    return { vendor, manner: values.check ? 'check' : values['dry-run'] ? 'dry-run' : 'do' };
  } catch {
    return undefined;
  }
}

async function look({ vendor, manner }: Asked, environment: Environment): Promise<Finding[]> {
  if (vendor === 'salesforce') {
    const config = readSalesforceConfig(environment);
    const findings = await (manner === 'check' ? checkSalesforce(config) : provisionSalesforce(config, manner));
    const { clientSecret, clientId, admin } = config;
    return withoutSecrets(findings, [clientSecret, clientId, admin?.clientSecret ?? '', admin?.clientId ?? '']);
  }
  const config = readMailchimpConfig(environment);
  const findings = await (manner === 'do' ? provisionMailchimp(config) : checkMailchimp(config));
  return withoutSecrets(findings, [config.apiKey]);
}

function summary(findings: readonly Finding[]): string {
  if (!isComplete(findings)) return 'Not everything needed is there: see what is missing or wrong above.';
  const created = findings.filter(({ state }) => state === 'created').length;
  return `Everything needed is there${created > 0 ? ` (${created} created)` : ''}.`;
}
