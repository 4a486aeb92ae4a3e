import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { stageNamed } from '../../infra/stages.ts';
import type { Deployment } from './synth.ts';
import { resources, text } from './template.ts';

const scriptsSchema = z.object({ scripts: z.record(z.string(), z.string()) });

/** What a deployment prints at its end. */
export function describeOutputs({ stage, pipeline, whole }: Deployment): void {
  const outputs = Object.fromEntries(
    Object.entries(whole.pipeline.Outputs).map(([id, { Value }]) => [id, text(Value)]),
  );

  describe('outputs', () => {
    test('are the two addresses and the next three things to do, in the order in which they are printed', () => {
      expect(Object.keys(outputs).sort()).toEqual([
        'DashboardUrl',
        'Next1Keys',
        'Next2Check',
        'Next3FareHarbor',
        'WebhookUrl',
      ]);
    });

    test('the webhook’s address has a route, once the key stands at its end', () => {
      const [, api = '', path = ''] = /^\$\{(\w+)\.ApiEndpoint\}(\/.*\/)$/.exec(outputs.WebhookUrl ?? '') ?? [];
      expect(pipeline.Resources[api]?.Type).toBe('AWS::ApiGatewayV2::Api');
      const routes = resources(pipeline, 'AWS::ApiGatewayV2::Route', z.looseObject({ RouteKey: z.string() }));
      expect(routes.map(({ properties }) => properties.RouteKey)).toContain(`POST ${path}{key}`);
    });

    test('the dashboard’s link names the dashboard there is', () => {
      const [dashboard] = resources(
        pipeline,
        'AWS::CloudWatch::Dashboard',
        z.looseObject({ DashboardName: z.string() }),
      );
      expect(outputs.DashboardUrl).toBe(
        `https://\${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=\${AWS::Region}#dashboards/dashboard/${dashboard?.properties.DashboardName}`,
      );
    });

    test('what is to be done names secrets, commands and a stage that there are', () => {
      const said = Object.values(outputs).join('\n');
      const secrets = resources(whole.data, 'AWS::SecretsManager::Secret', z.looseObject({ Name: z.string() }));
      const names = secrets.map(({ properties }) => properties.Name.replace(/^.*\//, ''));
      for (const name of names) expect(said).toContain(name);
      expect(said).toContain(`harborlight/${stage.name}/`);
      const { scripts } = scriptsSchema.parse(JSON.parse(readFileSync('package.json', 'utf8')));
      const commands = [...said.matchAll(/npm run (\w+)/g)].map(([, command = '']) => command);
      expect(commands).toEqual(['provision', 'provision', 'preflight']);
      for (const command of commands) expect(scripts).toHaveProperty(command);
      const [, named = ''] = /--stage (\w+)/.exec(said) ?? [];
      expect(stageNamed(named).name).toBe(stage.name);
    });

    test('no value holds a key, and each is short enough to be read in a terminal', () => {
      for (const [id, value] of Object.entries(outputs)) {
        expect(value, id).not.toContain('{{resolve');
        expect(value.length, id).toBeLessThan(220);
      }
    });
  });
}
