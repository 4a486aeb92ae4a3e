import type { Finding } from '../provision/finding.ts';
import type { Stage } from '../stages.ts';
import { type AwsAccount, nameOf } from './aws-account.ts';

/** The bootstrap version that CDK's own synthesizer asks for. */
const LEAST_BOOTSTRAP = 6;
/** Runs of ingest and reconcile beside the consumers, at a brisk hour. */
const OTHERS_AT_ONCE = 20;

/** How an account stands, and whether anything in it can be asked at all. */
export interface AccountStanding {
  readonly findings: readonly Finding[];
  readonly entered: boolean;
}

/** What of the AWS account a deployment needs: who we are, where, CDK's own stack, and room for the functions. */
export async function checkAccount(aws: AwsAccount, stage: Stage): Promise<AccountStanding> {
  const region = await finding('AWS region', 'set AWS_REGION, or a region in your AWS profile', async () => {
    const name = await aws.region();
    return { state: 'ok', note: name };
  });
  if (region.state !== 'ok') return { findings: [region], entered: false };
  const identity = await finding('AWS identity', 'sign in, or set AWS_PROFILE', async () => {
    const { account, arn } = await aws.identity();
    return { state: 'ok', note: `account ${account}, as ${arn}` };
  });
  if (identity.state !== 'ok') return { findings: [region, identity], entered: false };
  const account = /account (\d+)/.exec(identity.note)?.[1] ?? '';
  const findings = [
    region,
    identity,
    await bootstrap(aws, `aws://${account}/${region.note}`),
    await finding('Lambda concurrency', 'the identity needs lambda:GetAccountSettings', () => concurrency(aws, stage)),
  ];
  return { findings, entered: true };
}

function bootstrap(aws: AwsAccount, environment: string): Promise<Finding> {
  return finding('CDK bootstrap', 'the identity needs cloudformation:DescribeStacks', async () => {
    const version = await aws.bootstrapVersion();
    const fix = `run: npx cdk bootstrap ${environment}`;
    if (version === undefined) return { state: 'missing', note: fix };
    return version < LEAST_BOOTSTRAP
      ? { state: 'wrong', note: `is of version ${version}, needed is ${LEAST_BOOTSTRAP}: ${fix}` }
      : { state: 'ok', note: `version ${version}` };
  });
}

async function concurrency(aws: AwsAccount, stage: Stage): Promise<Outcome> {
  const { limit, free } = await aws.concurrency();
  const consumers = Object.values(stage.concurrency).reduce((sum, count) => sum + count, 0);
  const needed = consumers + OTHERS_AT_ONCE;
  const reserved = free === limit ? '' : `, ${limit - free} of them reserved by other functions`;
  const there = `${limit} at once in this account and region${reserved}, ${needed} needed`;
  if (free < needed) {
    return {
      state: 'wrong',
      note: `${there}: ask for more under Service Quotas > AWS Lambda > Concurrent executions (new accounts have 10)`,
    };
  }
  const said = stage.alarms.accountConcurrency;
  if (said === limit) return { state: 'ok', note: there };
  const note = `${limit} at once, but the alarm on it is made for ${said}: set accountConcurrency in infra/settings/${stage.name}.ts`;
  return { state: 'wrong', note };
}

type Outcome = Pick<Finding, 'state' | 'note'>;

/** @param fix what a person can do where the question itself fails. */
async function finding(what: string, fix: string, look: () => Promise<Outcome>): Promise<Finding> {
  try {
    return { what, ...(await look()) };
  } catch (error) {
    return { what, state: 'wrong', note: `AWS could not be asked (${nameOf(error)}): ${fix}` };
  }
}
