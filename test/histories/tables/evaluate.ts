import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Action, Comparator, Condition, Operand, Path } from './expression.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** What stands for the placeholders of an expression. */
export interface Placeholders {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** What DynamoDB refuses as a ValidationException. */
export class Invalid extends Error {}

/** Whether the condition holds of the item; undefined where there is none. What is missing compares with nothing. */
export function holds(condition: Condition, item: Item, placeholders: Placeholders): boolean {
  switch (condition.is) {
    case 'and':
      return holds(condition.left, item, placeholders) && holds(condition.right, item, placeholders);
    case 'or':
      return holds(condition.left, item, placeholders) || holds(condition.right, item, placeholders);
    case 'not':
      return !holds(condition.condition, item, placeholders);
    case 'compare': {
      const [left, right] = [condition.left, condition.right].map((operand) => worth(operand, item, placeholders));
      return compares(condition.by, left, right);
    }
    case 'call':
      return callHolds(condition.name, condition.args, item, placeholders);
  }
}

function callHolds(name: string, [first, second]: readonly Operand[], item: Item, placeholders: Placeholders): boolean {
  if (first === undefined) throw new Invalid(`${name} needs an argument`);
  const found = worth(first, item, placeholders);
  if (name === 'attribute_exists') return found !== undefined;
  if (name === 'attribute_not_exists') return found === undefined;
  const wanted = second && worth(second, item, placeholders);
  if (name === 'begins_with') return wanted?.S !== undefined && (found?.S?.startsWith(wanted.S) ?? false);
  throw new Invalid(`the function ${name} is not one of this engine's`);
}

function compares(by: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return by === '<>' && left !== right;
  if (by === '=') return isDeepStrictEqual(left, right);
  if (by === '<>') return !isDeepStrictEqual(left, right);
  const order = orderOf(left, right);
  if (order === undefined) return false;
  return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[by];
}

function orderOf(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.N !== undefined && right.N !== undefined) return Number(left.N) - Number(right.N);
  if (left.S === undefined || right.S === undefined) return undefined;
  return left.S < right.S ? -1 : left.S > right.S ? 1 : 0;
}

function worth(operand: Operand, item: Item, placeholders: Placeholders): AttributeValue | undefined {
  switch (operand.is) {
    case 'value': {
      const value = placeholders.values[operand.name];
      if (value === undefined) throw new Invalid(`${operand.name} is not defined`);
      return value;
    }
    case 'path':
      return at(item, resolve(operand.path, placeholders));
    case 'sum':
      return added(operand, item, placeholders);
    case 'call':
      return calculated(operand, item, placeholders);
  }
}

function added(sum: Extract<Operand, { is: 'sum' }>, item: Item, placeholders: Placeholders): AttributeValue {
  const [left, right] = [sum.left, sum.right].map((operand) => worth(operand, item, placeholders)?.N);
  if (left === undefined || right === undefined) throw new Invalid('only numbers are added');
  return { N: String(Number(left) + sum.sign * Number(right)) };
}

function calculated(
  { name, args: [first, second] }: Extract<Operand, { is: 'call' }>,
  item: Item,
  placeholders: Placeholders,
): AttributeValue | undefined {
  if (first === undefined || second === undefined) throw new Invalid(`${name} needs two arguments`);
  const [left, right] = [first, second].map((operand) => worth(operand, item, placeholders));
  if (name === 'if_not_exists') return left ?? right;
  if (name === 'list_append' && left?.L && right?.L) return { L: [...left.L, ...right.L] };
  throw new Invalid(`the function ${name} is not one of this engine's`);
}

function resolve(path: Path, { names }: Placeholders): Path {
  return path.map((step) => {
    if (typeof step === 'number' || !step.startsWith('#')) return step;
    const name = names[step];
    if (name === undefined) throw new Invalid(`${step} is not defined`);
    return name;
  });
}

function at(item: Item, path: Path): AttributeValue | undefined {
  let found: AttributeValue | undefined = { M: { ...item } };
  for (const step of path) found = typeof step === 'number' ? found?.L?.[step] : own(found?.M, step);
  return found;
}

function own(map: Item | undefined, name: string): AttributeValue | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The item after the actions, all of which see it as it was before. @throws Invalid for a path that leads nowhere. */
export function updated(before: Item, actions: readonly Action[], placeholders: Placeholders): Item {
  let item = before;
  for (const action of actions) {
    const path = resolve(action.path, placeholders);
    item = changed(item, path, newValue(action, path, before, placeholders));
  }
  return item;
}

function newValue(action: Action, path: Path, before: Item, placeholders: Placeholders): AttributeValue | undefined {
  if (action.value === undefined) return undefined;
  const value = worth(action.value, before, placeholders);
  if (value === undefined) throw new Invalid('the expression refers to an attribute that does not exist in the item');
  if (action.do === 'SET') return value;
  const old = at(before, path) ?? { N: '0' };
  if (old.N === undefined || value.N === undefined) throw new Invalid('only numbers are added');
  return { N: String(Number(old.N) + Number(value.N)) };
}

/** The map with the value put where the path leads (undefined: taken away); the map itself is left as it is. */
function changed(map: Item, [first, ...rest]: Path, value: AttributeValue | undefined): Record<string, AttributeValue> {
  if (typeof first !== 'string') throw new Invalid('a position in a list is not written by this engine');
  if (rest.length > 0) {
    const inner = own(map, first)?.M;
    if (inner === undefined) throw new Invalid('the document path is invalid for update');
    return { ...map, [first]: { M: changed(inner, rest, value) } };
  }
  const { [first]: _, ...others } = map;
  return value === undefined ? others : { ...others, [first]: value };
}
