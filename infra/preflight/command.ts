import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../shared/errors/errors.ts';
import { drawFindings, type Finding, isComplete, withoutSecrets } from '../provision/finding.ts';
import { type Stage, stageNamed } from '../stages.ts';
import type { AwsAccount } from './aws-account.ts';
import { checkAccount } from './check-account.ts';
import { checkVendors } from './check-vendors.ts';
import { checkWebhookSecret, secretTexts } from './secrets.ts';

const HELP = `npm run preflight -- [--stage prod]

Looks at everything that a deployment of the stage needs, and changes nothing: the settings, the AWS account, the secrets
and each vendor with the keys in them. Run it before the first deployment (the secrets are made by that), and once more
when they are filled. It uses your AWS credentials and region. It ends with 0 only when everything is there.
`;

const INCOMPLETE = 1;
const MISUSED = 2;

/**
 * Runs `npm run preflight`.
 *
 * @param reach makes the clients of the AWS account; they are closed at the end.
 * @returns the exit code: 0 when all is there, 1 when something is not, 2 when it was called wrongly.
 */
export async function preflight(
  args: readonly string[],
  reach: () => AwsAccount,
  print: (text: string) => void,
): Promise<number> {
  const asked = readArgs(args);
  if (asked === undefined || asked === 'help') {
    print(HELP);
    return asked === 'help' ? 0 : MISUSED;
  }
  const stage = stageOf(asked);
  if (typeof stage === 'string') {
    print(stage);
    return MISUSED;
  }
  const aws = reach();
  const secrets: string[] = [];
  try {
    const account = await checkAccount(aws, stage);
    const found = [
      ...settingsFindings(stage),
      ...account.findings,
      ...(account.entered ? await afterSignIn(noting(aws, secrets), stage) : [UNSEEN]),
    ];
    const findings = withoutSecrets(found, secrets);
    print(drawFindings(findings));
    print(isComplete(findings) ? 'Ready.' : 'Not ready: see what is missing or wrong above.');
    return isComplete(findings) ? 0 : INCOMPLETE;
  } finally {
    aws.close();
  }
}

const UNSEEN: Finding = {
  what: 'secrets and vendors',
  state: 'missing',
  note: 'not looked at: the keys are in the AWS account, which could not be entered',
};

/** The account, with all that is secret in what it gives noted: vendors may quote what they were sent. */
function noting(aws: AwsAccount, secrets: string[]): AwsAccount {
  return {
    ...aws,
    secret: async (name) => {
      const text = await aws.secret(name);
      secrets.push(...secretTexts(text ?? ''));
      return text;
    },
  };
}

function readArgs(args: readonly string[]): { readonly stage: string } | 'help' | undefined {
  try {
    const options = { stage: { type: 'string', default: 'prod' }, help: { type: 'boolean', default: false } } as const;
    const { values } = parseArgs({ args: [...args], options });
    return values.help ? 'help' : { stage: values.stage };
  } catch {
    return undefined;
  }
}

/** The stage, or what is wrong with its name or its settings. */
function stageOf({ stage }: { readonly stage: string }): Stage | string {
  try {
    return stageNamed(stage);
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof Error) return error.message;
    throw error;
  }
}

/** What a stage may do without, but a real one should not. */
function settingsFindings({ name, protected: inEarnest, settings, alarms }: Stage): Finding[] {
  const companies = Object.keys(settings.companies);
  const file = `infra/settings/${name}.ts`;
  const found: Finding =
    companies.length === 0
      ? { what: 'companies', state: 'missing', note: `add one in ${file}` }
      : { what: 'companies', state: 'ok', note: companies.join(', ') };
  const nobody = inEarnest && alarms.pageEmails.length === 0;
  const paged: Finding = nobody
    ? { what: 'who is paged', state: 'missing', note: `nobody hears the alarms: set pageEmails in ${file}` }
    : { what: 'who is paged', state: 'ok', note: alarms.pageEmails.join(', ') || 'nobody, on a stage for trying' };
  return [found, paged];
}

async function afterSignIn(aws: AwsAccount, stage: Stage): Promise<Finding[]> {
  const companies = Object.keys(stage.settings.companies);
  return [...(await checkWebhookSecret(aws, stage.name, companies)), ...(await checkVendors(aws, stage))];
}
