import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readSettings } from '../../shared/settings/settings.ts';
import type { Deployment } from './synth.ts';
import { functionSchema, resources } from './template.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const sourceMapSchema = z.looseObject({ sources: z.array(z.string()), sourcesContent: z.unknown().optional() });

/** The folder of a function's bundle. */
export function bundleOf({ pipeline, codeFolder }: Deployment, service: string): string {
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);
  const found = functions.find(({ properties }) => properties.Environment.Variables.SERVICE_NAME === service);
  return codeFolder(found?.properties.Code.S3Key ?? `no function ${service}`);
}

function mapOf(deployment: Deployment, service: string) {
  return sourceMapSchema.parse(JSON.parse(readFileSync(join(bundleOf(deployment, service), 'index.mjs.map'), 'utf8')));
}

/** The project's own source files that went into a function's bundle, from the project's root. */
export function bundledFiles(deployment: Deployment, service: string): string[] {
  return mapOf(deployment, service)
    .sources.filter((source) => /^\.\.\/\.\.\/(functions|shared)\//.test(source))
    .map((source) => source.replace('../../', ''));
}

/** The text of these files. */
export function bundledSources(deployment: Deployment, service: string): string {
  return bundledFiles(deployment, service)
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');
}

/** The commands of AWS that are left in a function's bundle after everything unused was dropped: of the SDK, and of ingest's own client. */
export function bundledCommands(deployment: Deployment, service: string): string[] {
  const code = readFileSync(join(bundleOf(deployment, service), 'index.mjs'), 'utf8');
  const found = [/class extends [\w$]+\([^()]*"(\w+)",[\w$]+\)\{\}/g, /"(?:AmazonSQS|secretsmanager)\.([A-Z]\w+)"/g];
  return found.flatMap((pattern) => [...code.matchAll(pattern)].map(([, command]) => command ?? ''));
}

const FILES = ['index.mjs', 'index.mjs.map'];

const execute = promisify(execFile);
const START = 'const { handler } = await import(process.argv[1]); console.log(typeof handler); process.exit();';

/** A function's environment as deployed, with a name or address in place of each reference. */
function environmentOf({ pipeline }: Deployment, service: string): Record<string, string> {
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);
  const variables = functions
    .map(({ properties }) => properties.Environment.Variables)
    .find(({ SERVICE_NAME }) => SERVICE_NAME === service);
  const given = Object.entries(variables ?? {}).map(([name, value]) => [
    name,
    value.replaceAll(/\$\{[^}]+\}/g, 'https://resource.test/it'),
  ]);
  return { AWS_REGION: 'us-east-1', ...Object.fromEntries(given) };
}

export function describeBundles(deployment: Deployment): void {
  const services = ['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'];

  describe.each(services)('bundle of %s', (service) => {
    const folder = bundleOf(deployment, service);
    const code = readFileSync(join(folder, 'index.mjs'), 'utf8');

    test('is an ES module with its source map beside it, without the sources themselves', () => {
      expect(code.trimEnd().split('\n').at(-1)).toBe('//# sourceMappingURL=index.mjs.map');
      expect(mapOf(deployment, service).sourcesContent).toBeUndefined();
      expect(bundledFiles(deployment, service)).toContain(`functions/${service}/handler.ts`);
    });

    test('says nothing of the machine it was made on', () => {
      expect(code).not.toContain(ROOT);
      expect(readFileSync(join(folder, 'index.mjs.map'), 'utf8')).not.toContain(ROOT);
    });

    test('leaves out what Lambda never reaches or has already', () => {
      expect(mapOf(deployment, service).sources.join('\n')).not.toMatch(
        /credential-provider-(ini|sso|node)|\/undici\//,
      );
    });

    test('has the operator’s settings beside it where its code reads them', () => {
      const reads = bundledFiles(deployment, service).includes('shared/settings/settings.ts');
      expect(readdirSync(folder).sort()).toEqual(reads ? [...FILES, 'settings.json'] : FILES);
      if (reads) expect(readSettings(pathToFileURL(join(folder, 'settings.json')))).toEqual(deployment.stage.settings);
    });

    test('starts with the environment and the settings it is given, and exports its handler', async () => {
      const { stdout } = await execute(
        process.execPath,
        ['--input-type=module', '--eval', START, join(folder, 'index.mjs')],
        {
          env: environmentOf(deployment, service),
        },
      );
      expect(stdout.trim().split('\n').at(-1)).toBe('function');
    });
  });
}
