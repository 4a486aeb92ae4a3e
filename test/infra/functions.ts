import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Deployment } from './synth.ts';
import { functionSchema, resources, textSchema } from './template.ts';

const logGroupSchema = z.looseObject({ LogGroupName: textSchema, RetentionInDays: z.int().optional() });

const SERVICES = ['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'];

/** The variables that a function's config.ts reads. */
function variablesRead(service: string): string[] {
  const config = readFileSync(new URL(`../../functions/${service}/config.ts`, import.meta.url), 'utf8');
  return [
    ...new Set(
      [...config.matchAll(/^\s+([A-Z][A-Z_]+):|[{,] ([A-Z][A-Z_]+):/gm)].map(
        ([, first, second]) => first ?? second ?? '',
      ),
    ),
  ];
}

export function describeFunctions({ stage, pipeline }: Deployment): void {
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);
  const logGroups = resources(pipeline, 'AWS::Logs::LogGroup', logGroupSchema);

  describe('functions', () => {
    test('are the five there should be, and no helper of CDK beside them', () => {
      const names = functions.map(({ properties }) => properties.FunctionName);
      expect(names.sort()).toEqual(SERVICES.map((name) => `harborlight-${stage.name}-${name}`).sort());
    });

    describe.each(functions.map(({ properties }) => properties))('$FunctionName', (properties) => {
      test('runs on Node 24 and arm64, with stated memory and time', () => {
        expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
        const seconds: Readonly<Record<string, number>> = { ingest: 10, reconcile: 55 };
        const service = z.enum(SERVICES).parse(properties.FunctionName.replace(/^harborlight-\w+-/, ''));
        expect(stage.memory).toHaveProperty(service, properties.MemorySize);
        expect(properties.Timeout).toBe(seconds[service] ?? 30);
      });

      test('is not traced: a trace of each call was a third of what a webhook costs', () => {
        expect(properties.TracingConfig).toBeUndefined();
      });

      test('may be called in a circle only where it puts messages back: a long pause must not look like a mistake', () => {
        const putsBack = ['crm-sync', 'marketing-sync'].some((name) => properties.FunctionName.endsWith(`-${name}`));
        expect(properties.RecursiveLoop).toBe(putsBack ? 'Allow' : 'Terminate');
      });

      test('reserves no concurrency', () => {
        expect(properties.ReservedConcurrentExecutions).toBeUndefined();
      });

      test('has a log group of its own, kept for the time the stage says', () => {
        const group = logGroups.find(({ id }) => properties.LoggingConfig?.LogGroup === `\${${id}}`);
        expect(group?.properties.RetentionInDays).toBe(stage.logs.retention);
        const sharing = functions.filter((other) => other.properties.LoggingConfig?.LogGroup === `\${${group?.id}}`);
        expect(sharing).toHaveLength(1);
      });

      test('has Lambda write of its own only what failed, and drop nothing of what the function writes', () => {
        expect(properties.LoggingConfig).toMatchObject({
          LogFormat: 'JSON',
          SystemLogLevel: 'WARN',
          // Lines of metrics have no level: they count as INFO. Below INFO are the details of a share of webhooks.
          ApplicationLogLevel: 'TRACE',
        });
      });

      test('is given exactly the environment its code reads', () => {
        const service = z.enum(SERVICES).parse(properties.Environment.Variables.SERVICE_NAME);
        expect(properties.FunctionName).toBe(`harborlight-${stage.name}-${service}`);
        const { STAGE, NODE_OPTIONS, LOG_LEVEL, LOG_DEBUG_SHARE, SERVICE_NAME, ...own } =
          properties.Environment.Variables;
        expect({ STAGE, LOG_LEVEL, LOG_DEBUG_SHARE, NODE_OPTIONS }).toEqual({
          STAGE: stage.name,
          LOG_LEVEL: stage.logs.level,
          LOG_DEBUG_SHARE: String(stage.logs.debugShare),
          NODE_OPTIONS: '--enable-source-maps',
        });
        expect(Object.keys(own).sort()).toEqual(variablesRead(service).sort());
      });
    });
  });

  test('every log group is kept for a stated time', () => {
    expect(logGroups.length).toBeGreaterThan(functions.length);
    for (const { properties } of logGroups) expect(properties.RetentionInDays).toBe(stage.logs.retention);
  });
}
