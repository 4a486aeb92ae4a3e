import { Aws, CfnOutput, type Stack } from 'aws-cdk-lib';
import type { Stage } from '../stages.ts';

/**
 * What a deployment prints at its end: the two addresses one needs, and what is still to be done after the first time.
 * The CDK command line sorts them by name.
 *
 * @param webhookUrl where FareHarbor sends to, without the key.
 */
export function addOutputs(stack: Stack, stage: Stage, webhookUrl: string): void {
  const { name } = stage;
  const secrets = `harborlight/${name}/`;
  const readKey = `aws secretsmanager get-secret-value --secret-id ${secrets}webhook --query SecretString --output text`;
  const outputs: Readonly<Record<string, readonly [description: string, value: string]>> = {
    WebhookUrl: ['For FareHarbor support; the key of the webhook secret belongs at its end', webhookUrl],
    DashboardUrl: [
      'Whether bookings are getting through, how late, what fails, what it costs',
      `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/harborlight-${name}`,
    ],
    Next1Keys: [
      'README.md, Deploy, step 4',
      `Put the vendors' keys into the secrets ${secrets}fareharbor, salesforce, mailchimp and openai`,
    ],
    Next2Check: [
      'Creates what the vendors lack, then looks at everything and changes nothing',
      `npm run provision -- salesforce; npm run provision -- mailchimp; npm run preflight -- --stage ${name}`,
    ],
    Next3FareHarbor: [
      'README.md, Deploy, FareHarbor. The addresses to be paged get a mail from AWS to confirm first',
      `Send FareHarbor support the WebhookUrl with the key at its end: ${readKey}`,
    ],
  };
  for (const [id, [description, value]] of Object.entries(outputs)) new CfnOutput(stack, id, { description, value });
}
