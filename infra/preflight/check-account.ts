import type { Finding } from '../provision/finding.ts';
import type { Stage } from '../stages.ts';
import { type AwsAccount, nameOf } from './aws-account.ts';

/** The bootstrap version that CDK's own synthesizer asks for. */
const LEAST_BOOTSTRAP = 6;
/** Runs of ingest and reconcile beside the consumers, at a brisk hour. */
const OTHERS_AT_ONCE = 20;

/** What of the AWS account a deployment needs: who we are, where, CDK's own stack, and room for the functions. */
export async function checkAccount(aws: AwsAccount, stage: Stage): Promise<Finding[]> {
  const region = await finding('AWS region', 'set AWS_REGION, or a region in your AWS profile', async () => {
    const name = await aws.region();
    return { state: 'ok', note: name };
  });
  if (region.state !== 'ok') return [region];
  const identity = await finding('AWS identity', 'sign in, or set AWS_PROFILE', async () => {
    const { account, arn } = await aws.identity();
    return { state: 'ok', note: `account ${account}, as ${arn}` };
  });
  if (identity.state !== 'ok') return [region, identity];
  const account = /account (\d+)/.exec(identity.note)?.[1] ?? '';
  return [
    region,
    identity,
    await bootstrap(aws, `aws://${account}/${region.note}`),
    await finding('Lambda concurrency', 'the identity needs lambda:GetAccountSettings', () => concurrency(aws, stage)),
  ];
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
  const limit = await aws.concurrency();
  const consumers = Object.values(stage.concurrency).reduce((sum, count) => sum + count, 0);
  const needed = consumers + OTHERS_AT_ONCE;
  if (limit >= needed) return { state: 'ok', note: `${limit} at once in this account and region, ${needed} needed` };
  const ask = 'ask for more under Service Quotas > AWS Lambda > Concurrent executions (new accounts have 10)';
  return { state: 'wrong', note: `${limit} at once in this account and region, ${needed} needed: ${ask}` };
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
