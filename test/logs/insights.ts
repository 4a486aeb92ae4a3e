import { type Token, tokensOf } from './tokens.ts';

/** A log event: its fields by name. */
export type Row = Readonly<Record<string, unknown>>;

type Command = (rows: readonly Row[]) => readonly Row[];
type Test = (row: Row) => boolean;

/**
 * Runs a query in the part of CloudWatch Logs Insights' language that the saved queries are written in: `fields`,
 * `filter`, `sort`, `limit`. All else is refused, and so is a field that no event has: in the console that would be an
 * empty column, or nothing found.
 *
 * @throws saying what is not understood, or which field no event has.
 */
export function runQuery(query: string, events: readonly Row[]): readonly Row[] {
  const reader = new Reader(tokensOf(query), new Set(events.flatMap(Object.keys)));
  let rows = events;
  for (const command of reader.commands()) rows = command(rows);
  return rows;
}

/** Reads a query from left to right. */
class Reader {
  readonly #tokens: readonly Token[];
  readonly #known: ReadonlySet<string>;
  #at = 0;

  constructor(tokens: readonly Token[], known: ReadonlySet<string>) {
    this.#tokens = tokens;
    this.#known = known;
  }

  commands(): readonly Command[] {
    const commands = [this.#command()];
    while (this.#takes('|')) commands.push(this.#command());
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return commands;
  }

  #command(): Command {
    const name = this.#word();
    if (name === 'fields') return this.#fields();
    if (name === 'filter') return this.#filter();
    if (name === 'sort') return this.#sort();
    if (name === 'limit') return this.#limit();
    throw new Error(`there is no command ${name} here`);
  }

  #fields(): Command {
    const names = this.#list(() => this.#field());
    // All the others stay there to be filtered by.
    return (rows) => rows.map((row) => ({ ...row, '@shown': names }));
  }

  #filter(): Command {
    const holds = this.#either();
    return (rows) => rows.filter(holds);
  }

  #sort(): Command {
    const field = this.#field();
    const isDescending = this.#takes('desc');
    return (rows) => rows.toSorted((a, b) => compare(a[field], b[field]) * (isDescending ? -1 : 1));
  }

  #limit(): Command {
    const most = this.#number();
    return (rows) => rows.slice(0, most);
  }

  #either(): Test {
    const tests = [this.#both()];
    while (this.#takes('or')) tests.push(this.#both());
    return (row) => tests.some((holds) => holds(row));
  }

  #both(): Test {
    const tests = [this.#one()];
    while (this.#takes('and')) tests.push(this.#one());
    return (row) => tests.every((holds) => holds(row));
  }

  #one(): Test {
    if (this.#takes('(')) {
      const test = this.#either();
      this.#expect(')');
      return test;
    }
    const field = this.#field();
    if (this.#takes('in')) return this.#in(field);
    if (this.#takes('like')) return this.#like(field);
    for (const [sign, holds] of Object.entries(COMPARISONS)) {
      if (this.#takes(sign)) {
        const value = this.#value();
        // What is not there is equal to nothing, and different from nothing.
        return (row) => row[field] !== undefined && holds(compare(row[field], value));
      }
    }
    throw this.#unexpected();
  }

  #in(field: string): Test {
    this.#expect('[');
    const values = this.#list(() => this.#text());
    this.#expect(']');
    return (row) => values.some((value) => row[field] === value);
  }

  #like(field: string): Test {
    const token = this.#next();
    if (token.kind === 'pattern') return (row) => row[field] !== undefined && token.pattern.test(String(row[field]));
    if (token.kind === 'text') return (row) => row[field] !== undefined && String(row[field]).includes(token.text);
    throw this.#unexpected();
  }

  #list<Item>(read: () => Item): readonly Item[] {
    const items = [read()];
    while (this.#takes(',')) items.push(read());
    return items;
  }

  #field(): string {
    const name = this.#word();
    if (this.#known.has(name)) return name;
    throw new Error(`no event has a field ${name}`);
  }

  #word(): string {
    const token = this.#next();
    if (token.kind === 'word') return token.text;
    throw this.#unexpected();
  }

  #text(): string {
    const token = this.#next();
    if (token.kind === 'text') return token.text;
    throw this.#unexpected();
  }

  #number(): number {
    const token = this.#next();
    if (token.kind === 'number') return token.value;
    throw this.#unexpected();
  }

  #value(): string | number {
    const token = this.#next();
    if (token.kind === 'text') return token.text;
    if (token.kind === 'number') return token.value;
    throw this.#unexpected();
  }

  #takes(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || !('text' in token) || token.kind === 'text' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw this.#unexpected();
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error('the query ends too early');
    this.#at += 1;
    return token;
  }

  #unexpected(): Error {
    return new Error(
      `the query is not understood near its piece ${this.#at}: ${JSON.stringify(this.#tokens[this.#at])}`,
    );
  }
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
};

/** Numbers by their value, also where they are written as text; all else by its letters; what is missing first. */
function compare(a: unknown, b: unknown): number {
  const [left, right] = [Number(a ?? Number.NaN), Number(b ?? Number.NaN)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  const [one, other] = [String(a ?? ''), String(b ?? '')];
  return one < other ? -1 : one > other ? 1 : 0;
}
