import * as z from 'zod';

/** What stands for AWS on this machine: one account, one region, both only ever seen inside ARNs. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** What a resource of the template is here: the value of `Ref` and of each `Fn::GetAtt`. */
export interface LocalIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where a resolver looks things up; one per stack. */
export interface Scope {
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The resource of this logical id; undefined when the stack has none. */
  resource(logicalId: string): LocalIdentity | undefined;
  /** The output another stack exports under this name; undefined when none does. */
  exported(name: string): unknown;
  /** An output of another stack by its logical id; undefined when there is none. */
  output(stackName: string, outputName: string): unknown;
}

const literal = z.record(z.string(), z.unknown());
const pair = z.tuple([z.unknown(), z.unknown()]);
const substitution = z.union([z.string(), z.tuple([z.string(), z.record(z.string(), z.unknown())])]);
const attribute = z.union([z.tuple([z.string(), z.string()]), z.string()]);
const stackOutput = z.looseObject({ StackName: z.unknown(), OutputName: z.unknown() });

/**
 * Replaces every intrinsic function inside a template value by what it is on this machine.
 *
 * @throws when a function is used that no part of the template has needed so far, or a name is unknown:
 * a value that was silently left out would show up far from here.
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((one) => resolve(one, scope)).filter((one) => one !== undefined);
  const object = literal.safeParse(value);
  if (!object.success) return value;
  const entries = Object.entries(object.data);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    return resolveFunction(only[0], only[1], scope);
  }
  const resolved: Record<string, unknown> = {};
  for (const [key, one] of entries) {
    const result = resolve(one, scope);
    if (result !== undefined) resolved[key] = result;
  }
  return resolved;
}

/** Resolves a value that must end up as text. */
export function resolveText(value: unknown, scope: Scope): string {
  const resolved = resolve(value, scope);
  if (typeof resolved === 'string') return resolved;
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  throw new Error(`stack ${scope.stackName}: expected text, found ${JSON.stringify(resolved)}`);
}

function resolveFunction(name: string, argument: unknown, scope: Scope): unknown {
  switch (name) {
    case 'Ref':
      return reference(z.string().parse(argument), scope);
    case 'Fn::GetAtt': {
      const parsed = attribute.parse(argument);
      const [logicalId, path] = typeof parsed === 'string' ? splitOnce(parsed, '.') : parsed;
      return attributeOf(logicalId, path, scope);
    }
    case 'Fn::Join': {
      const [separator, list] = pair.parse(argument);
      return texts(list, scope).join(resolveText(separator, scope));
    }
    case 'Fn::Split': {
      const [separator, text] = pair.parse(argument);
      return resolveText(text, scope).split(resolveText(separator, scope));
    }
    case 'Fn::Select': {
      const [index, list] = pair.parse(argument);
      const selected = texts(list, scope)[Number(resolveText(index, scope))];
      if (selected === undefined) throw new Error(`stack ${scope.stackName}: Fn::Select is out of its list`);
      return selected;
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::ImportValue':
      return imported(resolveText(argument, scope), scope);
    case 'Fn::GetStackOutput': {
      const { StackName, OutputName } = stackOutput.parse(argument);
      const [stack, output] = [resolveText(StackName, scope), resolveText(OutputName, scope)];
      return known(scope.output(stack, output), `output ${output} of stack ${stack}`, scope);
    }
    case 'Fn::Base64':
      return Buffer.from(resolveText(argument, scope)).toString('base64');
    default:
      throw new Error(`stack ${scope.stackName}: ${name} has no meaning on this machine yet`);
  }
}

function reference(name: string, scope: Scope): unknown {
  const pseudo: Record<string, string> = {
    'AWS::AccountId': LOCAL_ACCOUNT,
    'AWS::Region': LOCAL_REGION,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': scope.stackName,
    'AWS::StackId': `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${scope.stackName}/local`,
  };
  if (name === 'AWS::NoValue') return undefined;
  return known(
    pseudo[name] ?? scope.resource(name)?.ref ?? scope.parameters[name],
    `resource or parameter ${name}`,
    scope,
  );
}

function attributeOf(logicalId: string, path: string, scope: Scope): string {
  const identity = scope.resource(logicalId);
  if (identity === undefined) throw new Error(`stack ${scope.stackName}: no resource ${logicalId}`);
  // Roles, policies and the like have no part here; their ARN only has to be some text that is theirs.
  return identity.attributes[path] ?? `local:${scope.stackName}:${logicalId}:${path}`;
}

function substitute(argument: unknown, scope: Scope): string {
  const parsed = substitution.parse(argument);
  const [text, variables] = typeof parsed === 'string' ? [parsed, {}] : parsed;
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, escaped: string, name: string) => {
    if (escaped === '!') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return resolveText(variables[name], scope);
    if (!name.includes('.')) return String(reference(name, scope));
    const [logicalId, path] = splitOnce(name, '.');
    return attributeOf(logicalId, path, scope);
  });
}

function imported(name: string, scope: Scope): unknown {
  return known(scope.exported(name), `export ${name}`, scope);
}

function known<T>(value: T | undefined, what: string, scope: Scope): T {
  if (value === undefined) throw new Error(`stack ${scope.stackName}: no ${what}`);
  return value;
}

function texts(list: unknown, scope: Scope): readonly string[] {
  return z.array(z.coerce.string()).parse(resolve(list, scope));
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
