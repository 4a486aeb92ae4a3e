import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Stage } from '../../stages.ts';
import { acknowledge } from '../nag.ts';

/** `page` wakes somebody: bookings are lost or nothing is synced. `ticket` can wait for the next working day. */
export type Severity = 'page' | 'ticket';

/** Where alarms go: one topic for each severity, encrypted, open to CloudWatch of this account and to nobody else. */
export function alarmTopics(scope: Construct, stage: Stage): Readonly<Record<Severity, Topic>> {
  const key = keyOf(scope, stage);
  const topic = (severity: Severity, emails: readonly string[]) =>
    topicOf(scope, severity, { topicName: `harborlight-${stage.name}-alarms-${severity}`, key, emails });
  return { page: topic('page', stage.alarms.pageEmails), ticket: topic('ticket', stage.alarms.ticketEmails) };
}

/** CloudWatch cannot use AWS's own key for SNS, so the topics need a key whose policy lets it. */
function keyOf(scope: Construct, stage: Stage): Key {
  const key = new Key(scope, 'Key', {
    description: `Harborlight ${stage.name}: alarm topics`,
    enableKeyRotation: true,
    // It guards notices on their way, nothing that is kept.
    removalPolicy: RemovalPolicy.DESTROY,
    pendingWindow: Duration.days(7),
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return key;
}

interface TopicFacts {
  readonly topicName: string;
  readonly key: Key;
  readonly emails: readonly string[];
}

function topicOf(scope: Construct, severity: Severity, { topicName, key, emails }: TopicFacts): Topic {
  const topic = new Topic(scope, severity, { topicName, masterKey: key, enforceSSL: true });
  // A policy of one's own replaces SNS's default one, so CloudWatch has to be let in again.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  for (const email of emails) topic.addSubscription(new EmailSubscription(email));
  acknowledge(topic, {
    'Serverless-SNSRedrivePolicy':
      'SNS tries an e-mail again for hours; a queue of undelivered alarm mails would be read by nobody, while the alarm itself stays visible in CloudWatch',
  });
  return topic;
}
