import type { PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types';

/** What the values of one template may refer to. */
export interface Surroundings {
  readonly spec: SpecDatabase;
  /** The type of each resource, such as `AWS::SQS::Queue`, by its logical id. */
  readonly resources: ReadonlyMap<string, string>;
  /** The type of each parameter, such as `String`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Names under which other stacks give something away. */
  readonly exports: ReadonlySet<string>;
}

/** What an intrinsic function stands for: a type, nothing at all (`AWS::NoValue`), or what is wrong with it. */
export type Meaning =
  | { readonly kind: 'value'; readonly type: PropertyType }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wrong'; readonly problem: string };

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TEXT: PropertyType = { type: 'string' };
const TEXTS: PropertyType = { type: 'array', element: TEXT };
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const PSEUDO = ['AWS::AccountId', 'AWS::Partition', 'AWS::Region', 'AWS::StackId', 'AWS::StackName', 'AWS::URLSuffix'];

const text: Meaning = { kind: 'value', type: TEXT };
const wrong = (problem: string): Meaning => ({ kind: 'wrong', problem });

/** The function and its argument, where the value is a call of one. */
export function intrinsicOf(value: unknown): readonly [name: string, argument: unknown] | undefined {
  if (!isObject(value)) return undefined;
  const [entry, ...more] = Object.entries(value);
  if (entry === undefined || more.length > 0) return undefined;
  return entry[0] === 'Ref' || entry[0].startsWith('Fn::') ? entry : undefined;
}

/** What a call stands for. Its arguments' own calls are looked at too. */
export function meaningOf(name: string, argument: unknown, around: Surroundings): Meaning {
  switch (name) {
    case 'Ref':
      return referred(String(argument), around);
    case 'Fn::GetAtt':
      return attribute(argument, around);
    case 'Fn::ImportValue':
      return around.exports.has(String(argument)) ? text : wrong(`no stack exports ${String(argument)}`);
    case 'Fn::Join':
      return joined(argument, around);
    case 'Fn::Sub':
      return substituted(argument, around);
    default:
      return wrong(`${name} is not known here`);
  }
}

function referred(name: string, { resources, parameters }: Surroundings): Meaning {
  if (name === 'AWS::NoValue') return { kind: 'nothing' };
  if (PSEUDO.includes(name) || resources.has(name)) return text;
  const parameter = parameters.get(name);
  if (parameter === undefined) return wrong(`${name} is not in the template`);
  return /List/.test(parameter) ? { kind: 'value', type: TEXTS } : text;
}

function attribute(argument: unknown, { spec, resources }: Surroundings): Meaning {
  const [id = '', ...path] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
  const type = resources.get(id);
  if (type === undefined) return wrong(`${id} is not in the template`);
  const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
  const found = resource?.attributes[path.join('.')];
  return found === undefined
    ? wrong(`${type} has no attribute ${path.join('.')}`)
    : { kind: 'value', type: found.type };
}

/** Only its short form, a text with `${names}` in it. */
function substituted(argument: unknown, around: Surroundings): Meaning {
  if (typeof argument !== 'string') return wrong('only the short form of Fn::Sub is known here');
  for (const [, name = ''] of argument.matchAll(/\$\{([^!}][^}]*)\}/g)) {
    const meaning = name.includes('.') && !name.includes('::') ? attribute(name, around) : referred(name, around);
    if (meaning.kind === 'wrong') return meaning;
  }
  return text;
}

function joined(argument: unknown, around: Surroundings): Meaning {
  const [separator, parts] = Array.isArray(argument) ? argument : [];
  if (typeof separator !== 'string' || !Array.isArray(parts)) return wrong('Fn::Join takes a separator and a list');
  for (const part of parts) {
    if (typeof part === 'string') continue;
    const call = intrinsicOf(part);
    const meaning = call ? meaningOf(...call, around) : wrong('Fn::Join joins texts');
    if (meaning.kind === 'wrong') return meaning;
  }
  return text;
}

/** Whether what a call stands for can be put where this type is wanted. */
export function fits(given: PropertyType, wanted: PropertyType): boolean {
  if (wanted.type === 'union') return wanted.types.some((one) => fits(given, one));
  if (given.type === 'union') return given.types.some((one) => fits(one, wanted));
  if (wanted.type === 'json') return true;
  if (wanted.type === 'array') return given.type === 'array' && fits(given.element, wanted.element);
  if (wanted.type === 'string' || wanted.type === 'date-time')
    return ['string', 'integer', 'number'].includes(given.type);
  return given.type === wanted.type;
}
