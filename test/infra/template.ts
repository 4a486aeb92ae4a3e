import * as z from 'zod';

/** A value of a template as text: `${LogicalId}` for a reference, `${LogicalId.Arn}` for an attribute. */
export function text(value: unknown): string {
  const parsed = intrinsicSchema.safeParse(value);
  if (!parsed.success) return String(value);
  const intrinsic = parsed.data;
  if ('Ref' in intrinsic) return `\${${intrinsic.Ref}}`;
  if ('Fn::GetAtt' in intrinsic) return `\${${intrinsic['Fn::GetAtt'].join('.')}}`;
  if ('Fn::ImportValue' in intrinsic) return `\${${intrinsic['Fn::ImportValue']}}`;
  const [separator, parts] = intrinsic['Fn::Join'];
  return parts.map(text).join(separator);
}

const intrinsicSchema = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ 'Fn::GetAtt': z.array(z.string()) }),
  z.strictObject({ 'Fn::ImportValue': z.string() }),
  z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
]);

/** Text, or an intrinsic that stands for text. */
export const textSchema = z.unknown().transform(text);

/** One or several, as policies write them. */
export const textsSchema = z.unknown().transform((value) => (Array.isArray(value) ? value : [value]).map(text));

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
export const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema) });
export type Template = z.infer<typeof templateSchema>;

export interface Resource<Properties> {
  readonly id: string;
  readonly properties: Properties;
  readonly deletionPolicy: string | undefined;
}

/** All resources of a type, with their properties as the schema reads them. */
export function resources<Schema extends z.ZodType>(
  template: Template,
  type: string,
  properties: Schema,
): Resource<z.infer<Schema>>[] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => ({
      id,
      properties: properties.parse(resource.Properties),
      deletionPolicy: resource.DeletionPolicy,
    }));
}

export const statementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: textsSchema,
  Resource: textsSchema,
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});

export const functionSchema = z.looseObject({
  FunctionName: z.string(),
  Runtime: z.string(),
  Architectures: z.array(z.string()),
  Handler: z.string(),
  Timeout: z.int(),
  MemorySize: z.int(),
  Role: textSchema,
  Code: z.object({ S3Key: z.string() }),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  LoggingConfig: z
    .object({
      LogGroup: textSchema,
      LogFormat: z.string(),
      SystemLogLevel: z.string().optional(),
      ApplicationLogLevel: z.string().optional(),
    })
    .optional(),
  Environment: z.object({ Variables: z.record(z.string(), textSchema) }),
  ReservedConcurrentExecutions: z.int().optional(),
});

export const roleSchema = z.looseObject({
  AssumeRolePolicyDocument: z.object({ Statement: z.array(z.looseObject({ Principal: z.unknown() })) }),
  ManagedPolicyArns: z.array(z.unknown()).optional(),
  Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) })),
});

export const queueSchema = z.looseObject({
  QueueName: z.string(),
  FifoQueue: z.boolean().optional(),
  DeduplicationScope: z.string().optional(),
  FifoThroughputLimit: z.string().optional(),
  ContentBasedDeduplication: z.boolean().optional(),
  SqsManagedSseEnabled: z.boolean().optional(),
  VisibilityTimeout: z.int().optional(),
  MessageRetentionPeriod: z.int(),
  RedrivePolicy: z.object({ deadLetterTargetArn: textSchema, maxReceiveCount: z.int() }).optional(),
});

export const mappingSchema = z.looseObject({
  EventSourceArn: textSchema,
  FunctionName: textSchema,
  BatchSize: z.int(),
  MaximumBatchingWindowInSeconds: z.int().optional(),
  FunctionResponseTypes: z.array(z.string()),
  ScalingConfig: z.object({ MaximumConcurrency: z.int() }),
});

const expressionPartSchema = z.looseObject({
  Expression: z.string().optional(),
  MetricStat: z
    .object({
      Metric: z.object({
        Namespace: z.string(),
        MetricName: z.string(),
        Dimensions: z.array(z.object({ Name: z.string(), Value: textSchema })),
      }),
      Period: z.int(),
      Stat: z.string(),
    })
    .optional(),
});

export const alarmSchema = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: textSchema,
  // An alarm on an expression names its metrics in the expression's parts.
  Namespace: z.string().default(''),
  MetricName: z.string().default(''),
  Dimensions: z.array(z.object({ Name: z.string(), Value: textSchema })).default([]),
  Metrics: z.array(expressionPartSchema).default([]),
  Threshold: z.number(),
  Period: z.int().default(0),
  EvaluationPeriods: z.int(),
  DatapointsToAlarm: z.int(),
  TreatMissingData: z.string(),
  AlarmActions: z.array(textSchema).default([]),
});

export const compositeAlarmSchema = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: textSchema,
  AlarmRule: textSchema,
  AlarmActions: z.array(textSchema),
});

export const policySchema = z.looseObject({
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
});
