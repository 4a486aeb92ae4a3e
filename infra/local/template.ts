import * as z from 'zod';
import { type Assembly, type Resource, readAssembly } from './assembly.ts';
import { identify, nameOf } from './identity.ts';
import { type LocalIdentity, resolve } from './intrinsics.ts';

export interface LocalFunction {
  readonly name: string;
  readonly arn: string;
  /** Short name for people and tests: SERVICE_NAME where the function has one, else its name. */
  readonly service: string;
  /** The synthesized bundle. */
  readonly directory: string;
  /** `file.export`, as Lambda takes it. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

export interface LocalQueue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  /** Attributes as CreateQueue takes them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly visibilityTimeoutMs: number;
}

export interface LocalTable {
  readonly name: string;
  /** Properties as CloudFormation has them; CreateTable takes a part of them unchanged. */
  readonly definition: TableDefinition;
  readonly ttlAttribute: string | undefined;
}

export interface LocalSecret {
  readonly name: string;
  readonly arn: string;
}

export interface LocalRoute {
  /** `POST /path/{name}`, `ANY /path` or `$default`. */
  readonly key: string;
  readonly functionName: string;
}

export interface LocalMapping {
  readonly functionName: string;
  readonly queue: LocalQueue;
  readonly batchSize: number;
  readonly maximumConcurrency: number | undefined;
  readonly reportsBatchItemFailures: boolean;
}

/** A function that runs again and again without being asked. */
export interface LocalSchedule {
  readonly functionName: string;
  readonly everyMs: number;
}

/** Everything of the template that does something on this machine. */
export interface LocalPlan {
  readonly functions: readonly LocalFunction[];
  readonly queues: readonly LocalQueue[];
  readonly tables: readonly LocalTable[];
  readonly secrets: readonly LocalSecret[];
  readonly routes: readonly LocalRoute[];
  readonly mappings: readonly LocalMapping[];
  readonly schedules: readonly LocalSchedule[];
}

const functionSchema = z.looseObject({
  Handler: z.string(),
  Code: z.looseObject({ S3Key: z.string() }),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
});

const queueSchema = z.looseObject({
  FifoQueue: z.boolean().optional(),
  ContentBasedDeduplication: z.boolean().optional(),
  DeduplicationScope: z.string().optional(),
  FifoThroughputLimit: z.string().optional(),
  VisibilityTimeout: z.coerce.number().default(30),
  MessageRetentionPeriod: z.coerce.number().optional(),
  MaximumMessageSize: z.coerce.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.coerce.number().optional(),
  DelaySeconds: z.coerce.number().optional(),
  RedrivePolicy: z.looseObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() }).optional(),
});

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projectionSchema = z.object({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const tableSchema = z.looseObject({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z
    .array(z.looseObject({ IndexName: z.string(), KeySchema: keySchema, Projection: projectionSchema }))
    .optional(),
  TimeToLiveSpecification: z.looseObject({ AttributeName: z.string().optional(), Enabled: z.boolean() }).optional(),
});
type TableDefinition = z.infer<typeof tableSchema>;

const mappingSchema = z.looseObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: z.number().default(10),
  Enabled: z.boolean().default(true),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.looseObject({ MaximumConcurrency: z.number().optional() }).optional(),
});

/** What `rate(…)` may say; a cron expression has no meaning here yet, and is refused rather than left out. */
const rateSchema = z.string().transform((text, context) => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Number(count) * (MS_OF[unit] ?? Number.NaN);
  context.addIssue({ code: 'custom', message: `${text} has no meaning on this machine yet` });
  return z.NEVER;
});
const MS_OF: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

const ruleSchema = z.looseObject({
  ScheduleExpression: rateSchema,
  State: z.string().default('ENABLED'),
  Targets: z.array(z.looseObject({ Arn: z.string() })),
});

const routeSchema = z.looseObject({ RouteKey: z.string(), Target: z.string() });
const integrationSchema = z.looseObject({ IntegrationUri: z.string(), PayloadFormatVersion: z.string().optional() });

/**
 * Reads a cloud assembly and resolves what runs on this machine: functions, queues, tables, secrets, routes, mappings.
 *
 * @param directory the assembly (`cdk.out`).
 * @param sqsUrl base address of the local SQS, such as `http://127.0.0.1:9324`.
 * @throws when a template has a part that is not understood; the message names the stack and the resource.
 */
export function readPlan(directory: string, sqsUrl: string): LocalPlan {
  const resolver = createResolver(readAssembly(directory), sqsUrl);
  const queues = resolver.all(['AWS::SQS::Queue'], queueSchema).map(toQueue);
  const functions = resolver
    .all(['AWS::Lambda::Function'], functionSchema)
    .map((one) => toFunction(one, resolver.assembly));
  return {
    functions,
    queues,
    tables: resolver.all(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'], tableSchema).map(toTable),
    secrets: resolver
      .all(['AWS::SecretsManager::Secret'], z.looseObject({}))
      .map(({ name, identity }) => ({ name, arn: identity.ref })),
    routes: routes(resolver),
    mappings: mappings(resolver, queues),
    schedules: schedules(resolver),
  };
}

interface Found<T> {
  readonly resource: Resource;
  readonly name: string;
  readonly identity: LocalIdentity;
  readonly properties: T;
}

interface Resolver {
  readonly assembly: Assembly;
  all<T>(types: readonly string[], schema: z.ZodType<T>): readonly Found<T>[];
}

function createResolver(assembly: Assembly, sqsUrl: string): Resolver {
  const identities = new Map<Resource, LocalIdentity>();
  const scopeOf = (stackName: string) => assembly.scope(stackName, identityOf);
  const identityOf = (resource: Resource): LocalIdentity => {
    const known = identities.get(resource) ?? identify(resource, scopeOf(resource.stackName), sqsUrl);
    identities.set(resource, known);
    return known;
  };
  const parse = <T>(resource: Resource, schema: z.ZodType<T>): Found<T> => {
    const scope = scopeOf(resource.stackName);
    const parsed = schema.safeParse(resolve(resource.properties, scope));
    if (!parsed.success) {
      throw new Error(
        `${resource.stackName}/${resource.logicalId} (${resource.type}): ${z.prettifyError(parsed.error)}`,
      );
    }
    const identity = identityOf(resource);
    return { resource, name: nameOf(resource, scope), identity, properties: parsed.data };
  };
  return {
    assembly,
    all: (types, schema) =>
      assembly.resources.filter(({ type }) => types.includes(type)).map((one) => parse(one, schema)),
  };
}

function toFunction(
  { name, identity, properties }: Found<z.infer<typeof functionSchema>>,
  assembly: Assembly,
): LocalFunction {
  const environment = properties.Environment?.Variables ?? {};
  return {
    name,
    arn: identity.attributes.Arn ?? name,
    service: environment.SERVICE_NAME ?? name,
    directory: assembly.assetDirectory(properties.Code.S3Key),
    handler: properties.Handler,
    environment,
    timeoutMs: properties.Timeout * 1000,
    memoryMb: properties.MemorySize,
  };
}

function toQueue({ name, identity, properties }: Found<z.infer<typeof queueSchema>>): LocalQueue {
  const { RedrivePolicy, ...rest } = properties;
  const attributes: Record<string, string> = {};
  for (const key of Object.keys(queueSchema.shape)) {
    const value = rest[key];
    if (value !== undefined) attributes[key] = String(value);
  }
  if (RedrivePolicy !== undefined) attributes.RedrivePolicy = JSON.stringify(RedrivePolicy);
  return {
    name,
    arn: identity.attributes.Arn ?? name,
    url: identity.ref,
    attributes,
    visibilityTimeoutMs: properties.VisibilityTimeout * 1000,
  };
}

function toTable({ name, properties }: Found<TableDefinition>): LocalTable {
  const ttl = properties.TimeToLiveSpecification;
  return { name, definition: properties, ttlAttribute: ttl?.Enabled === true ? ttl.AttributeName : undefined };
}

function routes(resolver: Resolver): readonly LocalRoute[] {
  const integrations = new Map(
    resolver
      .all(['AWS::ApiGatewayV2::Integration'], integrationSchema)
      .map(({ identity, properties }) => [`integrations/${identity.ref}`, properties]),
  );
  return resolver.all(['AWS::ApiGatewayV2::Route'], routeSchema).map(({ properties }) => {
    const integration = integrations.get(properties.Target);
    if (integration === undefined) throw new Error(`route ${properties.RouteKey} has no integration here`);
    return { key: properties.RouteKey, functionName: functionOf(integration.IntegrationUri) };
  });
}

function mappings(resolver: Resolver, queues: readonly LocalQueue[]): readonly LocalMapping[] {
  return resolver
    .all(['AWS::Lambda::EventSourceMapping'], mappingSchema)
    .filter(({ properties }) => properties.Enabled)
    .map(({ properties }) => {
      const queue = queues.find(({ arn }) => arn === properties.EventSourceArn);
      if (queue === undefined)
        throw new Error(`the mapping of ${properties.FunctionName} reads no queue of the template`);
      return {
        functionName: functionOf(properties.FunctionName),
        queue,
        batchSize: properties.BatchSize,
        maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency,
        reportsBatchItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      };
    });
}

function schedules(resolver: Resolver): readonly LocalSchedule[] {
  return resolver
    .all(['AWS::Events::Rule'], ruleSchema)
    .filter(({ properties }) => properties.State === 'ENABLED')
    .flatMap(({ properties: { ScheduleExpression: everyMs, Targets } }) =>
      Targets.map(({ Arn }) => ({ functionName: functionOf(Arn), everyMs })),
    );
}

/** A function's name out of its name, its ARN, or an integration URI that holds its ARN; an alias or version is dropped. */
function functionOf(reference: string): string {
  return /:function:([^:/]+)/.exec(reference)?.[1] ?? reference;
}
