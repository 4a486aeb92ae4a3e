import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TinyFunction {
  /** Source of index.mjs. */
  readonly source: string;
  readonly timeoutSeconds?: number;
  readonly environment?: Readonly<Record<string, unknown>>;
}

export interface TinyAssembly {
  readonly functions: Readonly<Record<string, TinyFunction>>;
  /** Further resources of the pipeline's template. */
  readonly resources?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** A second template, whose outputs the first may import. */
  readonly data?: { readonly resources: Readonly<Record<string, unknown>>; readonly outputs?: Record<string, unknown> };
}

/** Writes what `cdk synth` would: a manifest, two templates, their asset lists, and a bundle for each function. */
export function writeAssembly({ functions, resources = {}, outputs = {}, data }: TinyAssembly): {
  readonly directory: string;
  remove(): void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'harborlight-assembly-'));
  const files: Record<string, unknown> = {};
  const template: Record<string, unknown> = { ...resources };
  for (const [name, { source, timeoutSeconds = 5, environment = {} }] of Object.entries(functions)) {
    const hash = `hash-${name.toLowerCase()}`;
    mkdirSync(join(directory, `asset.${hash}`));
    writeFileSync(join(directory, `asset.${hash}`, 'index.mjs'), source);
    files[hash] = { source: { path: `asset.${hash}`, packaging: 'zip' } };
    template[name] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: { 'Fn::Sub': `cdk-assets-$${'{AWS::AccountId}'}` }, S3Key: `${hash}.zip` },
        Handler: 'index.handler',
        Timeout: timeoutSeconds,
        MemorySize: 256,
        Environment: { Variables: { SERVICE_NAME: name, ...environment } },
      },
    };
  }
  const write = (file: string, content: unknown): void => writeFileSync(join(directory, file), JSON.stringify(content));
  const stack = (file: string) => ({ type: 'aws:cloudformation:stack', properties: { templateFile: file } });
  write('manifest.json', {
    version: '50.0.0',
    artifacts: {
      data: stack('data.template.json'),
      pipeline: stack('pipeline.template.json'),
      'pipeline.assets': { type: 'cdk:asset-manifest', properties: { file: 'pipeline.assets.json' } },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  });
  write('data.template.json', { Resources: data?.resources ?? {}, Outputs: data?.outputs ?? {} });
  write('pipeline.template.json', { Resources: template, Outputs: outputs });
  write('pipeline.assets.json', { version: '50.0.0', files });
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** A FIFO queue with its dead-letter queue, read by a function. */
export function consumer(
  name: string,
  { visibilitySeconds = 30, maxReceiveCount = 20, maximumConcurrency = 2 } = {},
): Record<string, unknown> {
  const fifo = { FifoQueue: true, DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
  return {
    [`${name}Dlq`]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${name}-dlq.fifo`, ...fifo } },
    [`${name}Queue`]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${name}.fifo`,
        ...fifo,
        VisibilityTimeout: visibilitySeconds,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [`${name}Dlq`, 'Arn'] }, maxReceiveCount },
      },
    },
    [`${name}Mapping`]: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: name },
        EventSourceArn: { 'Fn::GetAtt': [`${name}Queue`, 'Arn'] },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: maximumConcurrency },
      },
    },
  };
}

/** An HTTP API with routes to functions, keyed by route. */
export function api(routes: Readonly<Record<string, string>>): Record<string, unknown> {
  const resources: Record<string, unknown> = { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api' } } };
  for (const [index, [key, functionName]] of Object.entries(routes).entries()) {
    resources[`Integration${index}`] = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': [functionName, 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    };
    resources[`Route${index}`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { RouteKey: key, Target: { 'Fn::Join': ['', ['integrations/', { Ref: `Integration${index}` }]] } },
    };
  }
  return resources;
}
