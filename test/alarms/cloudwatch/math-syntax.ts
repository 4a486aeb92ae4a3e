/** Metric math, read. */
export type Node =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'negative'; readonly of: Node }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Node[] };

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z]\w*)|(==|!=|<=|>=|&&|\|\||[<>+\-*/^()[\],]))/y;
const SAME: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' };
/** From the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['OR'],
  ['AND'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
  ['^'],
];

/**
 * Reads an expression of CloudWatch's metric math: numbers, names, arithmetic, comparisons, AND and OR, lists in
 * brackets, and calls of functions.
 * @throws on anything else, saying where.
 */
export function parseMath(text: string): Node {
  const tokens = tokenize(text);
  let at = 0;
  const fail = (): never => {
    throw new Error(`metric math: '${tokens[at] ?? 'the end'}' is not understood in ${text}`);
  };
  const take = (token: string): void => {
    if (tokens[at] !== token) fail();
    at += 1;
  };
  const items = (end: string): Node[] => {
    const found: Node[] = [];
    while (tokens[at] !== end) {
      if (found.length > 0) take(',');
      found.push(level(0));
    }
    take(end);
    return found;
  };
  const unit = (): Node => {
    const token = tokens[at] ?? fail();
    at += 1;
    if (token === '-') return { kind: 'negative', of: unit() };
    if (token === '[') return { kind: 'list', items: items(']') };
    if (token === '(') {
      const inner = level(0);
      take(')');
      return inner;
    }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (/^[a-z]/.test(token)) return { kind: 'name', name: token };
    at -= 1;
    if (!/^[A-Z]/.test(token) || token === 'AND' || token === 'OR') fail();
    at += 1;
    if (tokens[at] !== '(') return { kind: 'name', name: token };
    take('(');
    return { kind: 'call', name: token, given: items(')') };
  };
  const level = (index: number): Node => {
    const operators = LEVELS[index];
    if (operators === undefined) return unit();
    let left = level(index + 1);
    for (;;) {
      const token = tokens[at] ?? '';
      const operator = SAME[token] ?? token;
      if (!operators.includes(operator)) return left;
      at += 1;
      left = { kind: 'binary', operator, left, right: level(index + 1) };
    }
  };
  const whole = level(0);
  if (at < tokens.length) fail();
  return whole;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const start = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) throw new Error(`metric math: '${text.slice(start).trim()}' is not understood in ${text}`);
    tokens.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return tokens;
}
