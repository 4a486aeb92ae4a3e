import type { Node } from './math-syntax.ts';

/** A value for each period asked for, the newest last; undefined where there is none. */
export type Series = readonly (number | undefined)[];
type Value = number | Series | readonly Series[];

/** What an expression is computed over. */
export interface MathContext {
  /** The metrics and expressions that it may name. */
  readonly named: (name: string) => Series;
  /** When each period begins. */
  readonly times: readonly Date[];
  readonly periodSeconds: number;
}

/**
 * Computes an expression as CloudWatch does, by its documentation: a missing value counts as 0 beside one that is not
 * missing, and both missing give none; what would be divided by zero is dropped; comparisons give 1 or 0.
 * @throws on a function that this does not know, and where the result is no series.
 */
export function computeMath(node: Node, context: MathContext): Series {
  const value = compute(node, context);
  if (!isSeries(value)) throw new Error('metric math: an alarm needs one series as a result');
  return value;
}

function compute(node: Node, context: MathContext): Value {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'name':
      return context.named(node.name);
    case 'negative':
      return combine(0, compute(node.of, context), (a, b) => a - b);
    case 'binary':
      return combine(compute(node.left, context), compute(node.right, context), operator(node.operator));
    case 'list':
      return node.items.map((item) => series(compute(item, context), 'a list'));
    case 'call':
      return call(node, context);
  }
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? undefined : a / b),
  '^': (a, b) => a ** b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
};

function operator(name: string): (a: number, b: number) => number | undefined {
  const found = OPERATORS[name];
  if (found === undefined) throw new Error(`metric math: the operator ${name} is not known here`);
  return found;
}

function combine(a: Value, b: Value, by: (a: number, b: number) => number | undefined): number | Series {
  if (typeof a === 'number' && typeof b === 'number') return by(a, b) ?? Number.NaN;
  if (typeof a === 'number') return series(b, 'an operator').map((one) => (one === undefined ? undefined : by(a, one)));
  if (typeof b === 'number') return series(a, 'an operator').map((one) => (one === undefined ? undefined : by(one, b)));
  const right = series(b, 'an operator');
  return series(a, 'an operator').map((one, index) => {
    const other = right[index];
    return one === undefined && other === undefined ? undefined : by(one ?? 0, other ?? 0);
  });
}

type Call = Extract<Node, { kind: 'call' }>;

function call({ name, given }: Call, context: MathContext): Value {
  const time = TIME[name];
  const across = ACROSS[name];
  const each = EACH[name];
  const [first, second, third] = given;
  if (name === 'IF' && first !== undefined && second !== undefined && given.length <= 3) {
    return choose(compute(first, context), compute(second, context), third && compute(third, context), context);
  }
  if (name === 'FILL' && first !== undefined && second !== undefined && given.length === 2) {
    return fill(series(compute(first, context), name), second, context);
  }
  if (first === undefined || second !== undefined)
    throw new Error(`metric math: ${name} of this form is not known here`);
  if (time !== undefined) return context.times.map(time);
  if (name === 'PERIOD') return context.periodSeconds;
  const value = compute(first, context);
  if (name === 'TIME_SERIES' && typeof value === 'number') return context.times.map(() => value);
  if (across !== undefined && first.kind === 'list') return acrossOf(value, across);
  if (each !== undefined) return series(value, name).map((one) => (one === undefined ? undefined : each(one)));
  throw new Error(`metric math: ${name} of this form is not known here`);
}

/** IF, for every period by itself: see "Using IF expressions" in CloudWatch's documentation. */
function choose(condition: Value, then: Value, otherwise: Value | undefined, { times }: MathContext): Series {
  return times.map((_, index) => {
    const holds = valueAt(condition, index);
    if (holds === undefined) return undefined;
    if (holds !== 0) return valueAt(then, index) ?? 0;
    return otherwise === undefined ? undefined : valueAt(otherwise, index);
  });
}

function fill(filled: Series, by: Node, context: MathContext): Series {
  if (by.kind === 'name' && by.name === 'REPEAT') {
    let last: number | undefined;
    return filled.map((one) => {
      last = one ?? last;
      return last;
    });
  }
  if (by.kind === 'name' && by.name === 'LINEAR') throw new Error('metric math: FILL by LINEAR is not known here');
  const value = compute(by, context);
  return filled.map((one, index) => one ?? valueAt(value, index));
}

/** The functions of a list of series that give one series. A single series would give a number, which no alarm wants. */
const ACROSS: Readonly<Record<string, (values: readonly number[], lists: number) => number>> = {
  SUM: (values) => values.reduce((sum, one) => sum + one, 0),
  AVG: (values, lists) => values.reduce((sum, one) => sum + one, 0) / lists,
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
};

function acrossOf(value: Value, by: (values: readonly number[], lists: number) => number): Series {
  if (typeof value === 'number' || isSeries(value))
    throw new Error('metric math: this function needs a list of series');
  return (value[0] ?? []).map((_, index) => {
    const there = value.flatMap((one) => one[index] ?? []);
    return there.length === 0 ? undefined : by(there, value.length);
  });
}

const EACH: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

/** By UTC, as CloudWatch has it; days of the week from Monday, 1, to Sunday, 7. */
const TIME: Readonly<Record<string, (at: Date) => number>> = {
  MINUTE: (at) => at.getUTCMinutes(),
  HOUR: (at) => at.getUTCHours(),
  DAY: (at) => at.getUTCDay() || 7,
  DATE: (at) => at.getUTCDate(),
  MONTH: (at) => at.getUTCMonth() + 1,
  YEAR: (at) => at.getUTCFullYear(),
  EPOCH: (at) => at.getTime() / 1000,
};

function valueAt(value: Value, index: number): number | undefined {
  return typeof value === 'number' ? value : series(value, 'this place')[index];
}

function series(value: Value, where: string): Series {
  if (isSeries(value)) return value;
  throw new Error(`metric math: ${where} needs one series`);
}

function isSeries(value: Value): value is Series {
  return typeof value !== 'number' && !value.some((one) => Array.isArray(one));
}
