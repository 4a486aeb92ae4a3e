import { Refusal } from './errors.ts';

export type Literal =
  | { readonly kind: 'string' | 'date'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly comparison: Comparison;
      readonly values: readonly Literal[];
    };

export interface Ordering {
  readonly field: string;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}

export interface Query {
  readonly object: string;
  /** Field names as sent; a dot leads to the parent record. Empty for COUNT(). */
  readonly fields: readonly string[];
  readonly where?: Condition;
  readonly orderBy: readonly Ordering[];
  readonly limit?: number;
  readonly offset: number;
}

interface Token {
  readonly kind: 'word' | 'string' | 'date' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKENS =
  /\s+|(?<string>'(?:[^'\\\r\n]|\\.)*')|(?<date>\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?)|(?<number>[+-]?\d+(?:\.\d+)?)|(?<word>[A-Za-z_][\w.]*)|(?<sign><=|>=|!=|<>|[=<>(),])|(?<bad>[\s\S])/g;
const ESCAPES: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '\\': '\\',
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
};
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['=', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

/**
 * Parses the SOQL this project sends: SELECT, FROM one object, WHERE, ORDER BY, LIMIT, OFFSET.
 * As in the real language AND and OR do not mix without parentheses, and a backslash escapes a closed set of letters.
 *
 * @throws Refusal MALFORMED_QUERY.
 */
export function parseSoql(source: string): Query {
  return new Parser(tokenize(source)).query();
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  for (const match of source.matchAll(TOKENS)) {
    const { string, date, number, word, sign, bad } = match.groups ?? {};
    const at = match.index;
    if (string !== undefined) tokens.push({ kind: 'string', text: unescapeString(string.slice(1, -1)), at });
    else if (date !== undefined) tokens.push({ kind: 'date', text: date, at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
    else if (bad !== undefined) throw malformed(`line 1:${at} no viable alternative at character '${bad}'`);
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length });
  return tokens;
}

function unescapeString(text: string): string {
  return text.replace(/\\(u[\da-fA-F]{4}|.)/gs, (_, escaped: string) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    const known = ESCAPES[escaped];
    // Between % and _ a backslash matters to LIKE alone, so it stays.
    if (escaped === '%' || escaped === '_') return `\\${escaped}`;
    if (known === undefined) throw malformed(`Illegal string literal: invalid escape \\${escaped}`);
    return known;
  });
}

function malformed(message: string): Refusal {
  return new Refusal(400, 'MALFORMED_QUERY', message);
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  query(): Query {
    this.#expectWord('SELECT');
    const fields = this.#selection();
    this.#expectWord('FROM');
    const object = this.#name();
    const where = this.#takeWord('WHERE') ? this.#condition() : undefined;
    const orderBy = this.#orderBy();
    const limit = this.#takeWord('LIMIT') ? this.#count() : undefined;
    const offset = this.#takeWord('OFFSET') ? this.#count() : 0;
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return { object, fields, orderBy, offset, ...(where && { where }), ...(limit !== undefined && { limit }) };
  }

  #selection(): string[] {
    const first = this.#name();
    if (first.toUpperCase() === 'COUNT' && this.#takeSign('(')) {
      this.#expectSign(')');
      return [];
    }
    const fields = [first];
    while (this.#takeSign(',')) fields.push(this.#name());
    return fields;
  }

  #condition(): Condition {
    const first = this.#term();
    const parts = [first];
    const joins = new Set<'and' | 'or'>();
    for (;;) {
      const join = this.#isWord('AND') ? 'and' : this.#isWord('OR') ? 'or' : undefined;
      if (join === undefined) break;
      if (joins.size > 0 && !joins.has(join)) throw this.#unexpected();
      joins.add(join);
      this.#next += 1;
      parts.push(this.#term());
    }
    const [join] = joins;
    return join === undefined ? first : { kind: join, parts };
  }

  #term(): Condition {
    if (this.#takeWord('NOT')) return { kind: 'not', part: this.#term() };
    if (this.#takeSign('(')) {
      const inner = this.#condition();
      this.#expectSign(')');
      return inner;
    }
    const field = this.#name();
    if (this.#takeWord('LIKE')) return { kind: 'compare', field, comparison: 'LIKE', values: [this.#literal()] };
    if (this.#takeWord('IN')) return { kind: 'compare', field, comparison: 'IN', values: this.#list() };
    if (this.#takeWord('NOT')) {
      this.#expectWord('IN');
      return { kind: 'compare', field, comparison: 'NOT IN', values: this.#list() };
    }
    const comparison = COMPARISONS.get(this.#peek().text);
    if (comparison === undefined || this.#peek().kind !== 'sign') throw this.#unexpected();
    this.#next += 1;
    return { kind: 'compare', field, comparison, values: [this.#literal()] };
  }

  #list(): Literal[] {
    this.#expectSign('(');
    const values = [this.#literal()];
    while (this.#takeSign(',')) values.push(this.#literal());
    this.#expectSign(')');
    return values;
  }

  #literal(): Literal {
    const token = this.#peek();
    this.#next += 1;
    if (token.kind === 'string' || token.kind === 'date') return { kind: token.kind, value: token.text };
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    const word = token.kind === 'word' ? token.text.toLowerCase() : undefined;
    if (word === 'null') return { kind: 'null' };
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' };
    this.#next -= 1;
    throw this.#unexpected();
  }

  #orderBy(): Ordering[] {
    if (!this.#takeWord('ORDER')) return [];
    this.#expectWord('BY');
    const orderings = [this.#ordering()];
    while (this.#takeSign(',')) orderings.push(this.#ordering());
    return orderings;
  }

  #ordering(): Ordering {
    const field = this.#name();
    const descending = this.#takeWord('DESC');
    if (!descending) this.#takeWord('ASC');
    if (!this.#takeWord('NULLS')) return { field, descending, nullsLast: false };
    const nullsLast = this.#takeWord('LAST');
    if (!nullsLast) this.#expectWord('FIRST');
    return { field, descending, nullsLast };
  }

  #count(): number {
    const token = this.#peek();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.#unexpected();
    this.#next += 1;
    return Number(token.text);
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== 'word') throw this.#unexpected();
    this.#next += 1;
    return token.text;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '<EOF>', at: 0 };
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  #takeWord(word: string): boolean {
    const found = this.#isWord(word);
    if (found) this.#next += 1;
    return found;
  }

  #takeSign(sign: string): boolean {
    const token = this.#peek();
    const found = token.kind === 'sign' && token.text === sign;
    if (found) this.#next += 1;
    return found;
  }

  #expectWord(word: string): void {
    if (!this.#takeWord(word)) throw this.#unexpected();
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) throw this.#unexpected();
  }

  #unexpected(): Refusal {
    const { text, at } = this.#peek();
    return malformed(`ERROR at Row:1:Column:${at + 1}: unexpected token: '${text}'`);
  }
}
