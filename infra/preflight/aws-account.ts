import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';

/** What is looked at in an AWS account. Nothing here changes anything. */
export interface AwsAccount {
  /** @throws where no region is set. */
  region(): Promise<string>;
  identity(): Promise<{ readonly account: string; readonly arn: string }>;
  /** The version of CDK's own stack, which `cdk bootstrap` makes; undefined where it was never made. */
  bootstrapVersion(): Promise<number | undefined>;
  /** How many functions may run at a time in the region, over the whole account, and how many of these nobody reserved. */
  concurrency(): Promise<{ readonly limit: number; readonly free: number }>;
  /** A secret's text; undefined where there is no such secret. */
  secret(name: string): Promise<string | undefined>;
  close(): void;
}

/** The stack that `cdk bootstrap` makes, unless it was told another name. */
const BOOTSTRAP_STACK = 'CDKToolkit';

/** Reaches the account with the AWS credentials, region and endpoints of the environment, as every AWS program does. */
export function awsAccount(): AwsAccount {
  const options = { maxAttempts: 2 };
  const sts = new STSClient(options);
  const cloudFormation = new CloudFormationClient(options);
  const lambda = new LambdaClient(options);
  const secrets = new SecretsManagerClient(options);
  return {
    region: async () => await sts.config.region(),
    async identity() {
      const { Account: account = '', Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
      return { account, arn };
    },
    async bootstrapVersion() {
      try {
        const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: BOOTSTRAP_STACK }));
        const outputs = Stacks?.[0]?.Outputs ?? [];
        return Number(outputs.find(({ OutputKey }) => OutputKey === 'BootstrapVersion')?.OutputValue ?? 0);
      } catch (error) {
        if (nameOf(error) === 'ValidationError' && /does not exist/.test(String(error))) return undefined;
        throw error;
      }
    },
    async concurrency() {
      const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
      const limit = AccountLimit?.ConcurrentExecutions ?? 0;
      return { limit, free: AccountLimit?.UnreservedConcurrentExecutions ?? limit };
    },
    async secret(name) {
      try {
        const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: name }));
        return SecretString ?? '';
      } catch (error) {
        if (nameOf(error) === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
    close() {
      for (const client of [sts, cloudFormation, lambda, secrets]) client.destroy();
    },
  };
}

const namedSchema = z.object({ name: z.string() });

/** The kind of an AWS error, such as `ExpiredToken`: its message may quote what was asked. */
export function nameOf(error: unknown): string {
  return namedSchema.safeParse(error).data?.name ?? 'unknown error';
}
