import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type LocalIdentity, resolve, type Scope } from './intrinsics.ts';

const manifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      properties: z
        .looseObject({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).optional(),
});

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), resourceSchema).optional(),
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown().optional() })).optional(),
  Outputs: z
    .record(z.string(), z.looseObject({ Value: z.unknown(), Export: z.looseObject({ Name: z.unknown() }).optional() }))
    .optional(),
});

const assetsSchema = z.looseObject({
  files: z.record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string().optional() }) })).optional(),
});

type Template = z.infer<typeof templateSchema>;

/** One resource of one stack, as CDK wrote it: nothing resolved yet. */
export interface Resource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A synthesized cloud assembly: all its stacks' resources, and where its assets lie. */
export interface Assembly {
  readonly resources: readonly Resource[];
  /** The directory of the asset whose S3 key begins with this hash. */
  assetDirectory(key: string): string;
  /** The resolver's view of one stack, once each resource has its local identity. */
  scope(stackName: string, identityOf: (resource: Resource) => LocalIdentity): Scope;
}

/**
 * Reads `cdk.out`: the manifest, every stack's template and the list of assets.
 *
 * @throws when the directory is not a cloud assembly, or a template is not what CDK writes.
 */
export function readAssembly(directory: string): Assembly {
  const manifest = manifestSchema.parse(readJson(directory, 'manifest.json'));
  const templates = new Map<string, Template>();
  const assets = new Map<string, string>();
  for (const [id, { type, properties }] of Object.entries(manifest.artifacts)) {
    if (type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined) {
      templates.set(properties.stackName ?? id, templateSchema.parse(readJson(directory, properties.templateFile)));
    }
    if (type === 'cdk:asset-manifest' && properties?.file !== undefined) {
      const { files = {} } = assetsSchema.parse(readJson(directory, properties.file));
      for (const [hash, { source }] of Object.entries(files)) {
        if (source.path !== undefined) assets.set(hash, join(directory, source.path));
      }
    }
  }
  const resources = [...templates].flatMap(([stackName, template]) => resourcesOf(stackName, template));
  return {
    resources,
    assetDirectory: (key) => {
      const path = assets.get(key.replace(/\.[a-z]+$/, ''));
      if (path === undefined) throw new Error(`the assembly has no asset for ${key}`);
      return path;
    },
    scope: (stackName, identityOf) => createScope(stackName, templates, resources, identityOf),
  };
}

function resourcesOf(stackName: string, template: Template): readonly Resource[] {
  return Object.entries(template.Resources ?? {}).map(([logicalId, { Type, Properties }]) => ({
    stackName,
    logicalId,
    type: Type,
    properties: Properties ?? {},
  }));
}

function createScope(
  stackName: string,
  templates: ReadonlyMap<string, Template>,
  resources: readonly Resource[],
  identityOf: (resource: Resource) => LocalIdentity,
): Scope {
  const other = (name: string): Scope => createScope(name, templates, resources, identityOf);
  const parameters = Object.entries(templates.get(stackName)?.Parameters ?? {});
  return {
    stackName,
    parameters: Object.fromEntries(parameters.map(([name, parameter]) => [name, parameter.Default])),
    resource: (logicalId) => {
      const found = resources.find((one) => one.stackName === stackName && one.logicalId === logicalId);
      return found === undefined ? undefined : identityOf(found);
    },
    exported: (wanted) => {
      for (const [name, { Outputs = {} }] of templates) {
        for (const { Value, Export } of Object.values(Outputs)) {
          if (Export !== undefined && resolve(Export.Name, other(name)) === wanted) return resolve(Value, other(name));
        }
      }
      return undefined;
    },
    output: (name, outputName) => {
      const output = templates.get(name)?.Outputs?.[outputName];
      return output === undefined ? undefined : resolve(output.Value, other(name));
    },
  };
}

function readJson(directory: string, file: string): unknown {
  return JSON.parse(readFileSync(join(directory, file), 'utf8'));
}
