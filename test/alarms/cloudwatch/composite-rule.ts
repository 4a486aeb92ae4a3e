import type { State } from './judge.ts';

/** A part of a composite alarm's rule: whether it holds, given the state of each alarm that it names. */
export type Holds = (stateOf: (alarm: string) => State) => boolean;

/** A composite alarm's rule. */
export interface CompositeRule {
  readonly holds: Holds;
  /** The alarms that it names, as it names them. */
  readonly alarms: readonly string[];
}

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s"'()]+))\s*\)|(AND|OR|NOT|TRUE|FALSE|[()]))/y;

interface Token {
  readonly word: string;
  readonly alarm?: string;
}

/**
 * Reads a composite alarm's rule: ALARM, OK and INSUFFICIENT_DATA of an alarm (by name or ARN), AND, OR, NOT, TRUE,
 * FALSE and parentheses; AND binds tighter than OR.
 * @throws on anything else, such as AT_LEAST.
 */
export function parseCompositeRule(text: string): CompositeRule {
  const tokens = tokenize(text);
  let at = 0;
  const fail = (): never => {
    throw new Error(`a composite's rule: '${tokens[at]?.word ?? 'the end'}' is not understood in ${text}`);
  };
  const unit = (): Holds => {
    const { word, alarm } = tokens[at] ?? fail();
    at += 1;
    if (alarm !== undefined) return (stateOf) => stateOf(alarm) === word;
    if (word === 'TRUE' || word === 'FALSE') return () => word === 'TRUE';
    if (word === 'NOT') {
      const inner = unit();
      return (stateOf) => !inner(stateOf);
    }
    if (word !== '(') return fail();
    const inner = any();
    if (tokens[at]?.word !== ')') fail();
    at += 1;
    return inner;
  };
  const chain = (word: string, next: () => Holds): Holds[] => {
    const rules = [next()];
    while (tokens[at]?.word === word) {
      at += 1;
      rules.push(next());
    }
    return rules;
  };
  const all = (): Holds => {
    const rules = chain('AND', unit);
    return (stateOf) => rules.every((rule) => rule(stateOf));
  };
  const any = (): Holds => {
    const rules = chain('OR', all);
    return (stateOf) => rules.some((rule) => rule(stateOf));
  };
  const holds = any();
  if (at < tokens.length) fail();
  return { holds, alarms: tokens.flatMap(({ alarm }) => alarm ?? []) };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const start = TOKEN.lastIndex;
    const [, state, quoted, single, bare, word] = TOKEN.exec(text) ?? [];
    const alarm = quoted ?? single ?? bare;
    if (state !== undefined && alarm !== undefined) tokens.push({ word: state, alarm });
    else if (word !== undefined) tokens.push({ word });
    else throw new Error(`a composite's rule: '${text.slice(start).trim()}' is not understood in ${text}`);
  }
  return tokens;
}
