import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import { acknowledge } from './nag.ts';

/** The headings of RUNBOOK.md. An alarm can name no other, and a test finds each of them there. */
export const RUNBOOK_HEADINGS = [
  'Function errors',
  'Function throttled',
  'Function near its timeout',
  'Queue falling behind',
  'Dead letters',
  'Webhook API errors',
  'Webhooks refused',
  'Old webhook key in use',
  'No webhook for long',
  'Webhook quarantined',
  'Webhook key in other hands',
  'Bookings returned to an earlier state',
  'Booking parked',
  'FareHarbor refuses our keys',
  'Bookings found by the sweep',
  'Bookings lagging',
  'Sink paused',
  'Circuit open',
  'Destination falling behind',
  'Bookings late',
  'Volume abnormal',
  'Salesforce day limit',
  'Model budget',
  'Model not answering',
] as const;
export type RunbookHeading = (typeof RUNBOOK_HEADINGS)[number];

/** `page` wakes somebody: bookings are lost or nothing is synced. `ticket` can wait for the next working day. */
export type Severity = 'page' | 'ticket';

/** An alarm cannot be made without saying what it means to people and where it says what to do. */
export interface AlarmProps {
  /** The rest of its name after `harborlight-<stage>-`. */
  readonly name: string;
  readonly metric: IMetric;
  /** It goes off at this value and above; with `when: 'below'`, under it, and where there is no figure at all. */
  readonly threshold: number;
  readonly when?: 'at-or-above' | 'below';
  readonly severity: Severity;
  /** What guests and staff notice while it is on. */
  readonly impact: string;
  readonly runbook: RunbookHeading;
  /** The log group to look into first. */
  readonly logGroupName: string;
  /** Tells nobody by itself: it is a part of one made by `oneFor`. */
  readonly isPart?: boolean;
  /** So many of the last so many periods: 2 of 3 where one value alone may be chance. */
  readonly periods?: { readonly breaching: number; readonly of: number };
}

/** An alarm that is on while any of its parts is. */
export interface CompositeProps extends Pick<AlarmProps, 'name' | 'severity' | 'impact' | 'runbook' | 'logGroupName'> {
  readonly parts: readonly Alarm[];
}

/** Where alarms go: one topic for each severity, encrypted, open to CloudWatch of this account and to nobody else. */
export class Alarms extends Construct {
  readonly #stage: Stage;
  readonly #topics: Readonly<Record<Severity, Topic>>;
  readonly #all: Alarm[] = [];

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.#stage = stage;
    const key = this.#key();
    this.#topics = {
      page: this.#topic('page', key, stage.alarms.pageEmails),
      ticket: this.#topic('ticket', key, stage.alarms.ticketEmails),
    };
  }

  /** Those added so far. */
  get all(): readonly Alarm[] {
    return this.#all;
  }

  /** The alarm, with everything the person on call reads first in its description. */
  add(scope: Construct, id: string, props: AlarmProps): Alarm {
    const { breaching, of } = props.periods ?? { breaching: 2, of: 3 };
    const isSilence = props.when === 'below';
    const alarm = new Alarm(scope, id, {
      alarmName: `harborlight-${this.#stage.name}-${props.name}`,
      alarmDescription: descriptionOf(props),
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: isSilence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: of,
      datapointsToAlarm: breaching,
      // No figure means that nothing happened: good news, but where it is the silence that is watched.
      treatMissingData: isSilence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (!props.isPart) this.#tell(alarm, props.severity);
    this.#all.push(alarm);
    return alarm;
  }

  /** One alarm for several that have the same cause: whoever is woken is woken once. */
  oneFor(scope: Construct, id: string, { name, parts, severity, impact, runbook, logGroupName }: CompositeProps): void {
    const composite = new CompositeAlarm(scope, id, {
      compositeAlarmName: `harborlight-${this.#stage.name}-${name}`,
      alarmDescription: descriptionOf({ impact, runbook, logGroupName }),
      alarmRule: AlarmRule.anyOf(...parts.map((part) => AlarmRule.fromAlarm(part, AlarmState.ALARM))),
    });
    this.#tell(composite, severity);
  }

  #tell(alarm: AlarmBase, severity: Severity): void {
    const action = new SnsAction(this.#topics[severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  /** CloudWatch cannot use AWS's own key for SNS, so the topics need a key whose policy lets it. */
  #key(): Key {
    const key = new Key(this, 'Key', {
      description: `Harborlight ${this.#stage.name}: alarm topics`,
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

  #topic(severity: Severity, key: Key, emails: readonly string[]): Topic {
    const topic = new Topic(this, severity, {
      topicName: `harborlight-${this.#stage.name}-alarms-${severity}`,
      masterKey: key,
      enforceSSL: true,
    });
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
}

/** What the person on call reads first. */
function descriptionOf({
  impact,
  runbook,
  logGroupName,
}: Pick<AlarmProps, 'impact' | 'runbook' | 'logGroupName'>): string {
  return [`Impact: ${impact}`, `Runbook: RUNBOOK.md, "${runbook}"`, `Logs: ${logsLink(logGroupName)}`].join('\n');
}

/** The console's page of a log group; the console wants the slashes of its name encoded twice, with $ for %. */
function logsLink(logGroupName: string): string {
  const name = logGroupName.replaceAll('/', '$252F');
  return `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#logsV2:log-groups/log-group/${name}`;
}
