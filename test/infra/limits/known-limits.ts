/** A limit of AWS's, from and to included, and where AWS says so. */
export interface Limit {
  readonly least?: number;
  readonly most: number;
  readonly source: string;
}

const DOCS = 'https://docs.aws.amazon.com';
const LAMBDA = `${DOCS}/lambda/latest/api`;
const LAMBDA_QUOTAS = `${DOCS}/lambda/latest/dg/gettingstarted-limits.html`;
const CLOUDWATCH = `${DOCS}/AmazonCloudWatch/latest/APIReference`;
const LOGS = `${DOCS}/AmazonCloudWatchLogs/latest/APIReference`;
const SQS = `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html`;
const DYNAMODB = `${DOCS}/amazondynamodb/latest/APIReference/API_CreateTable.html`;
const IAM = `${DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html`;

/** Characters of a text property, by `Type.Property`. */
export const LENGTHS: Readonly<Record<string, Limit>> = {
  'AWS::Lambda::Function.FunctionName': { most: 64, source: `${LAMBDA}/API_CreateFunction.html` },
  'AWS::Lambda::Function.Description': { most: 256, source: `${LAMBDA}/API_CreateFunction.html` },
  // The ending `.fifo` counts.
  'AWS::SQS::Queue.QueueName': { least: 1, most: 80, source: SQS },
  'AWS::CloudWatch::Alarm.AlarmName': { least: 1, most: 255, source: `${CLOUDWATCH}/API_PutMetricAlarm.html` },
  'AWS::CloudWatch::Alarm.AlarmDescription': { most: 1024, source: `${CLOUDWATCH}/API_PutMetricAlarm.html` },
  'AWS::CloudWatch::CompositeAlarm.AlarmName': {
    least: 1,
    most: 255,
    source: `${CLOUDWATCH}/API_PutCompositeAlarm.html`,
  },
  'AWS::CloudWatch::CompositeAlarm.AlarmDescription': {
    most: 1024,
    source: `${CLOUDWATCH}/API_PutCompositeAlarm.html`,
  },
  'AWS::CloudWatch::CompositeAlarm.AlarmRule': {
    least: 1,
    most: 10_240,
    source: `${CLOUDWATCH}/API_PutCompositeAlarm.html`,
  },
  'AWS::CloudWatch::Dashboard.DashboardName': { least: 1, most: 255, source: `${CLOUDWATCH}/API_PutDashboard.html` },
  'AWS::IAM::Role.RoleName': { least: 1, most: 64, source: IAM },
  'AWS::IAM::Role.AssumeRolePolicyDocument': { most: 2048, source: IAM },
  'AWS::SecretsManager::Secret.Name': {
    least: 1,
    most: 512,
    source: `${DOCS}/secretsmanager/latest/apireference/API_CreateSecret.html`,
  },
  'AWS::Logs::LogGroup.LogGroupName': { least: 1, most: 512, source: `${LOGS}/API_CreateLogGroup.html` },
  'AWS::Logs::QueryDefinition.Name': { least: 1, most: 255, source: `${LOGS}/API_PutQueryDefinition.html` },
  'AWS::Logs::QueryDefinition.QueryString': { least: 1, most: 10_000, source: `${LOGS}/API_PutQueryDefinition.html` },
  'AWS::SNS::Topic.TopicName': { least: 1, most: 256, source: `${DOCS}/sns/latest/api/API_CreateTopic.html` },
  'AWS::DynamoDB::Table.TableName': { least: 3, most: 255, source: DYNAMODB },
  'AWS::Events::Rule.Name': { least: 1, most: 64, source: `${DOCS}/eventbridge/latest/APIReference/API_PutRule.html` },
  'AWS::ApiGatewayV2::Api.Name': { least: 1, most: 128, source: `${DOCS}/apigatewayv2/latest/api-reference/apis.html` },
  'AWS::KMS::Key.Description': { most: 8192, source: `${DOCS}/kms/latest/APIReference/API_CreateKey.html` },
  // Key policies: 32 KB.
  'AWS::KMS::Key.KeyPolicy': { most: 32_768, source: `${DOCS}/kms/latest/developerguide/resource-limits.html` },
};

/** Numbers, by `Type.Property`, with a dot before what stands deeper. */
export const RANGES: Readonly<Record<string, Limit>> = {
  'AWS::Lambda::Function.MemorySize': { least: 128, most: 10_240, source: LAMBDA_QUOTAS },
  'AWS::Lambda::Function.Timeout': { least: 1, most: 900, source: LAMBDA_QUOTAS },
  // Of a FIFO queue.
  'AWS::Lambda::EventSourceMapping.BatchSize': {
    least: 1,
    most: 10,
    source: `${DOCS}/lambda/latest/dg/services-sqs-configure.html`,
  },
  'AWS::Lambda::EventSourceMapping.ScalingConfig.MaximumConcurrency': {
    least: 2,
    most: 1000,
    source: `${DOCS}/lambda/latest/dg/services-sqs-scaling.html`,
  },
  'AWS::SQS::Queue.VisibilityTimeout': { least: 0, most: 43_200, source: SQS },
  'AWS::SQS::Queue.MessageRetentionPeriod': { least: 60, most: 1_209_600, source: SQS },
  'AWS::SQS::Queue.RedrivePolicy.maxReceiveCount': { least: 1, most: 1000, source: SQS },
  'AWS::ApiGatewayV2::Integration.TimeoutInMillis': {
    least: 50,
    most: 30_000,
    source: `${DOCS}/apigateway/latest/developerguide/http-api-quotas.html`,
  },
  'AWS::KMS::Key.PendingWindowInDays': {
    least: 7,
    most: 30,
    source: `${DOCS}/kms/latest/APIReference/API_ScheduleKeyDeletion.html`,
  },
};

/** Entries of a list, by `Type.Property`. */
export const COUNTS: Readonly<Record<string, Limit>> = {
  // The default; it can be raised.
  'AWS::IAM::Role.ManagedPolicyArns': { most: 10, source: IAM },
  'AWS::DynamoDB::Table.GlobalSecondaryIndexes': { most: 20, source: DYNAMODB },
  'AWS::CloudWatch::Alarm.AlarmActions': { most: 5, source: `${CLOUDWATCH}/API_PutMetricAlarm.html` },
  'AWS::CloudWatch::Alarm.Dimensions': { most: 30, source: `${CLOUDWATCH}/API_PutMetricAlarm.html` },
  'AWS::CloudWatch::CompositeAlarm.AlarmActions': { most: 5, source: `${CLOUDWATCH}/API_PutCompositeAlarm.html` },
  'AWS::Logs::QueryDefinition.LogGroupNames': { most: 50, source: `${LOGS}/API_PutQueryDefinition.html` },
  'AWS::Events::Rule.Targets': { most: 5, source: `${DOCS}/eventbridge/latest/userguide/eb-quota.html` },
};

/** Of a template. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const TEMPLATE = {
  bytes: 1_000_000,
  resources: 500,
  outputs: 200,
  parameters: 200,
  /** Bytes of its description. */
  description: 1024,
  /** Of a stack's name: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
  stackName: 128,
} as const;

/** Characters of all policies inside one role, blanks not counted (IAM's quotas). */
export const ROLE_POLICIES = 10_240;
/** Bytes of a function's environment, names and values together (Lambda's quotas). */
export const ENVIRONMENT_BYTES = 4096;
/** Bytes of a function's code, zipped and unzipped (Lambda's quotas). */
export const CODE_BYTES = { zipped: 50 * 1024 * 1024, unzipped: 250 * 1024 * 1024 } as const;
/**
 * Seconds that an alarm looks back, at periods below an hour and from an hour on, and metrics in its expression.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const ALARM = { shortPeriods: 86_400, longPeriods: 604_800, metrics: 10 } as const;
/** Widgets of a dashboard, metrics of one widget and of all: CloudWatch's quotas (cloudwatch_limits.html). */
export const DASHBOARD = { widgets: 500, metricsOfWidget: 500, metrics: 2500 } as const;
/** Characters of a queue's policy, as SQS takes them. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html */
export const QUEUE_POLICY = 8192;
/** Bytes of a topic's policy. https://docs.aws.amazon.com/general/latest/gr/sns.html */
export const TOPIC_POLICY = 30_720;
