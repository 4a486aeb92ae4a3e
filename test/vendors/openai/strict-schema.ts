import * as z from 'zod';

/** The part of JSON Schema that structured output allows and the reader walks. */
export const jsonSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  get properties() {
    return z.record(z.string(), jsonSchema).optional();
  },
  required: z.array(z.string()).optional(),
  get items() {
    return jsonSchema.optional();
  },
  get anyOf() {
    return z.array(jsonSchema).optional();
  },
  get $defs() {
    return z.record(z.string(), jsonSchema).optional();
  },
  get definitions() {
    return z.record(z.string(), jsonSchema).optional();
  },
  $ref: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
});
export type JsonSchema = z.infer<typeof jsonSchema>;

const NOT_PERMITTED = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'uniqueItems',
  'contains',
  'default',
];
const DEEPEST = 10;

/**
 * Why a schema is not of the strict kind: the root is an object, every object forbids further properties and
 * requires all it has, and only the supported keywords occur. Undefined where all is well.
 */
export function wrongWithSchema(schema: JsonSchema): string | undefined {
  if (schema.type !== 'object' || schema.anyOf !== undefined) {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(schema.type)}"'.`;
  }
  return wrongWithin(schema, [], 0);
}

/** Follows a `$ref` into the root's definitions. @throws Error where it leads nowhere. */
export function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  if (schema.$ref === '#') return root;
  const [, kind, name = ''] = /^#\/(\$defs|definitions)\/(.+)$/.exec(schema.$ref) ?? [];
  const target = (kind === '$defs' ? root.$defs : root.definitions)?.[name];
  if (target === undefined) throw new Error(`the schema's reference ${schema.$ref} leads nowhere`);
  return resolve(target, root);
}

function wrongWithin(schema: JsonSchema, path: readonly string[], depth: number): string | undefined {
  const context = `In context=(${path.map((step) => `'${step}'`).join(', ')})`;
  const refused = NOT_PERMITTED.find((keyword) => keyword in schema);
  if (refused !== undefined) return `${context}, '${refused}' is not permitted.`;
  if (depth > DEEPEST) return `${context}, the schema is nested deeper than ${DEEPEST} levels.`;
  if (schema.type === 'object') {
    const wrong = wrongWithObject(schema, context);
    if (wrong !== undefined) return wrong;
  }
  if (schema.type === 'array' && schema.items === undefined) return `${context}, array schema missing items.`;
  for (const [step, inner] of children(schema)) {
    const wrong = wrongWithin(inner, [...path, ...step], depth + 1);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongWithObject(schema: JsonSchema, context: string): string | undefined {
  if (schema.additionalProperties !== false) {
    return `${context}, 'additionalProperties' is required to be supplied and to be false.`;
  }
  const optional = Object.keys(schema.properties ?? {}).find((name) => !schema.required?.includes(name));
  if (optional === undefined) return undefined;
  return `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${optional}'.`;
}

function children(schema: JsonSchema): [string[], JsonSchema][] {
  const named = (kind: 'properties' | '$defs' | 'definitions'): [string[], JsonSchema][] =>
    Object.entries(schema[kind] ?? {}).map(([name, inner]) => [[kind, name], inner]);
  const branches = (schema.anyOf ?? []).map((inner, index): [string[], JsonSchema] => [
    ['anyOf', String(index)],
    inner,
  ]);
  const items: [string[], JsonSchema][] = schema.items === undefined ? [] : [[['items'], schema.items]];
  return [...named('properties'), ...items, ...branches, ...named('$defs'), ...named('definitions')];
}
