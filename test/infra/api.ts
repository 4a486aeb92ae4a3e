import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Deployment } from './synth.ts';
import { functionSchema, resources, textSchema } from './template.ts';

const stageSchema = z.looseObject({
  StageName: z.string(),
  AccessLogSettings: z.object({ DestinationArn: textSchema, Format: z.string() }),
  DefaultRouteSettings: z.object({ ThrottlingBurstLimit: z.number(), ThrottlingRateLimit: z.number() }),
});

export function describeApi({ stage, pipeline }: Deployment): void {
  const apiStages = resources(pipeline, 'AWS::ApiGatewayV2::Stage', stageSchema);

  describe('webhook API', () => {
    test('takes any method on the two webhook paths, and nothing on any other', () => {
      const routes = resources(pipeline, 'AWS::ApiGatewayV2::Route', z.looseObject({ RouteKey: z.string() }));
      expect(routes.map(({ properties }) => properties.RouteKey).sort()).toEqual([
        'ANY /webhooks/fareharbor',
        'ANY /webhooks/fareharbor/{key}',
        'POST /webhooks/fareharbor',
        'POST /webhooks/fareharbor/{key}',
      ]);
    });

    test('hands everything to ingest', () => {
      const integrationSchema = z.looseObject({ IntegrationUri: textSchema, PayloadFormatVersion: z.string() });
      const integrations = resources(pipeline, 'AWS::ApiGatewayV2::Integration', integrationSchema);
      const ingest = resources(pipeline, 'AWS::Lambda::Function', functionSchema).find(({ properties }) =>
        properties.FunctionName.endsWith('-ingest'),
      );
      expect(integrations.map(({ properties }) => properties)).toMatchObject([
        { IntegrationUri: `\${${ingest?.id}.Arn}`, PayloadFormatVersion: '2.0' },
      ]);
    });

    test('its access log is JSON and answers who was answered what, never naming what the key may stand in', () => {
      expect(apiStages).toHaveLength(1);
      const format = z
        .record(z.string(), z.string())
        .parse(JSON.parse(apiStages[0]?.properties.AccessLogSettings.Format ?? ''));
      expect(Object.values(format)).toEqual(
        expect.arrayContaining([
          '$context.requestId',
          '$context.status',
          '$context.identity.sourceIp',
          '$context.responseLatency',
          '$context.integrationErrorMessage',
        ]),
      );
      for (const variable of Object.values(format))
        expect(variable).not.toMatch(/path|query|resource|header|authorizer|protocol/i);
    });

    test('is throttled as the stage says', () => {
      expect(apiStages[0]?.properties.DefaultRouteSettings).toEqual({
        ThrottlingRateLimit: stage.webhooks.perSecond,
        ThrottlingBurstLimit: stage.webhooks.burst,
      });
    });
  });
}
