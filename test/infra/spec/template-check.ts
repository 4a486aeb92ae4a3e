import type { SpecDatabase } from '@aws-cdk/service-spec-types';
import * as z from 'zod';
import { isObject, type Surroundings } from './intrinsics.ts';
import { propertyProblems, valueProblems } from './properties.ts';

const namesSchema = z.union([z.string().transform((name) => [name]), z.array(z.string())]);
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html */
const policySchema = z.enum(['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot']);

/** A template as CloudFormation knows them; anything else in it is refused. */
export const wholeTemplateSchema = z.strictObject({
  Description: z.string().optional(),
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string() })).default({}),
  Rules: z.record(z.string(), z.unknown()).optional(),
  Resources: z.record(
    z.string().regex(/^[A-Za-z0-9]{1,255}$/),
    z.strictObject({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).default({}),
      DependsOn: namesSchema.default([]),
      DeletionPolicy: policySchema.optional(),
      UpdateReplacePolicy: policySchema.optional(),
      Metadata: z.unknown().optional(),
    }),
  ),
  Outputs: z
    .record(
      z.string().regex(/^[A-Za-z0-9]{1,255}$/),
      z.strictObject({
        Description: z.string().optional(),
        Value: z.unknown(),
        Export: z.strictObject({ Name: z.string() }).optional(),
      }),
    )
    .default({}),
});
export type WholeTemplate = z.infer<typeof wholeTemplateSchema>;

/** The names under which a stack gives something to others. */
export function exportsOf({ Outputs }: WholeTemplate): string[] {
  return Object.values(Outputs).flatMap(({ Export }) => (Export === undefined ? [] : [Export.Name]));
}

/**
 * What of a template CloudFormation would refuse, resource by resource and property by property.
 *
 * @param exports what other stacks export, deployed before this one.
 * @returns one line for each thing wrong, beginning with where it is.
 */
export function templateProblems(
  template: WholeTemplate,
  spec: SpecDatabase,
  exports: ReadonlySet<string> = new Set(),
): string[] {
  const { Resources, Parameters, Outputs } = template;
  const around: Surroundings = {
    spec,
    exports,
    resources: new Map(Object.entries(Resources).map(([id, { Type }]) => [id, Type])),
    parameters: new Map(Object.entries(Parameters).map(([id, { Type }]) => [id, Type])),
  };
  const outputs = Object.entries(Outputs).flatMap(([id, { Value }]) =>
    valueProblems(Value, { type: 'string' }, `output ${id}`, around),
  );
  const resources = Object.entries(Resources).flatMap(([id, resource]) => resourceProblems(id, resource, around));
  return [...resources, ...outputs, ...circleProblems(template)];
}

function resourceProblems(id: string, resource: WholeTemplate['Resources'][string], around: Surroundings): string[] {
  const { Type, Properties, DependsOn } = resource;
  const [known] = around.spec.lookup('resource', 'cloudFormationType', 'equals', Type);
  if (known === undefined) return [`${id}: there is no resource type ${Type}`];
  const strangers = DependsOn.filter((name) => !around.resources.has(name));
  return [
    ...propertyProblems(Properties, known.properties, id, around),
    ...strangers.map((name) => `${id}: depends on ${name}, which is not in the template`),
  ];
}

/** CloudFormation makes a resource after all that it names; a circle of them is refused. */
function circleProblems({ Resources }: WholeTemplate): string[] {
  const waiting = new Map(
    Object.entries(Resources).map(([id, { Properties, DependsOn }]) => {
      const named = new Set([...DependsOn, ...namesIn(Properties)].filter((name) => Object.hasOwn(Resources, name)));
      return [id, named] as const;
    }),
  );
  for (let before = -1; waiting.size !== before; ) {
    before = waiting.size;
    const free = [...waiting].filter(([, named]) => [...named].every((name) => !waiting.has(name)));
    for (const [id] of free) waiting.delete(id);
  }
  return waiting.size === 0 ? [] : [`these name each other in a circle: ${[...waiting.keys()].join(', ')}`];
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isObject(value)) return [];
  const { Ref, 'Fn::GetAtt': attribute } = value;
  if (typeof Ref === 'string') return [Ref];
  if (Array.isArray(attribute)) return attribute.slice(0, 1).map(String);
  return Object.values(value).flatMap(namesIn);
}
