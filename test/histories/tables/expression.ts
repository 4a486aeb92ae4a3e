/** A place in an item: attribute names and list positions. `#names` are still to be looked up. */
export type Path = readonly (string | number)[];

export type Operand =
  | { readonly is: 'path'; readonly path: Path }
  | { readonly is: 'value'; readonly name: string }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Operand[] }
  | { readonly is: 'sum'; readonly sign: 1 | -1; readonly left: Operand; readonly right: Operand };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly is: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly is: 'not'; readonly condition: Condition }
  | { readonly is: 'compare'; readonly by: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Operand[] };

/** One action of an update expression; `value` is none for a removal. */
export interface Action {
  readonly do: 'SET' | 'REMOVE' | 'ADD';
  readonly path: Path;
  readonly value: Operand | undefined;
}

const COMPARATORS: readonly Comparator[] = ['=', '<>', '<', '<=', '>', '>='];
const TOKEN = /\s*([#:]?[A-Za-z_][\w]*|\d+|<>|<=|>=|[=<>()[\].,+-])/y;

/** Reads the text of an expression from left to right. What it does not know it refuses, aloud. */
class Reader {
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const [, token] = TOKEN.exec(text) ?? [];
      if (token === undefined) throw new SyntaxError(`not understood: ${text}`);
      this.#tokens.push(token);
    }
  }

  get next(): string {
    return this.#tokens[this.#at] ?? '';
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  take(): string {
    const { next } = this;
    if (this.done) throw new SyntaxError('the expression ends too early');
    this.#at += 1;
    return next;
  }

  /** Takes the token if it is the next one; words in either case. */
  skip(wanted: string): boolean {
    const found = this.next.toUpperCase() === wanted;
    if (found) this.#at += 1;
    return found;
  }

  need(wanted: string): void {
    if (!this.skip(wanted)) throw new SyntaxError(`${wanted} is missing before "${this.next}"`);
  }
}

export function parseCondition(text: string): Condition {
  const reader = new Reader(text);
  const condition = readOr(reader);
  if (!reader.done) throw new SyntaxError(`not understood: ${reader.next}`);
  return condition;
}

export function parseUpdate(text: string): Action[] {
  const reader = new Reader(text);
  const actions: Action[] = [];
  while (!reader.done) {
    const word = reader.take().toUpperCase();
    if (word !== 'SET' && word !== 'REMOVE' && word !== 'ADD') throw new SyntaxError(`not understood: ${word}`);
    do actions.push(readAction(reader, word));
    while (reader.skip(','));
  }
  return actions;
}

function readOr(reader: Reader): Condition {
  let left = readAnd(reader);
  while (reader.skip('OR')) left = { is: 'or', left, right: readAnd(reader) };
  return left;
}

function readAnd(reader: Reader): Condition {
  let left = readNot(reader);
  while (reader.skip('AND')) left = { is: 'and', left, right: readNot(reader) };
  return left;
}

function readNot(reader: Reader): Condition {
  if (reader.skip('NOT')) return { is: 'not', condition: readNot(reader) };
  if (reader.skip('(')) {
    const condition = readOr(reader);
    reader.need(')');
    return condition;
  }
  const left = readOperand(reader);
  if (reader.skip('BETWEEN')) return readBetween(reader, left);
  const by = COMPARATORS.find((sign) => reader.skip(sign));
  if (by !== undefined) return { is: 'compare', by, left, right: readOperand(reader) };
  if (left.is === 'call') return left;
  throw new SyntaxError(`no comparison before "${reader.next}"`);
}

function readBetween(reader: Reader, operand: Operand): Condition {
  const least: Condition = { is: 'compare', by: '>=', left: operand, right: readOperand(reader) };
  reader.need('AND');
  return { is: 'and', left: least, right: { is: 'compare', by: '<=', left: operand, right: readOperand(reader) } };
}

function readAction(reader: Reader, word: Action['do']): Action {
  const path = readPath(reader, reader.take());
  if (word === 'REMOVE') return { do: word, path, value: undefined };
  if (word === 'ADD') return { do: word, path, value: readOperand(reader) };
  reader.need('=');
  const left = readOperand(reader);
  if (reader.skip('+')) return { do: word, path, value: { is: 'sum', sign: 1, left, right: readOperand(reader) } };
  if (reader.skip('-')) return { do: word, path, value: { is: 'sum', sign: -1, left, right: readOperand(reader) } };
  return { do: word, path, value: left };
}

function readOperand(reader: Reader): Operand {
  const word = reader.take();
  if (word.startsWith(':')) return { is: 'value', name: word };
  if (!reader.skip('(')) return { is: 'path', path: readPath(reader, word) };
  const args = [readOperand(reader)];
  while (reader.skip(',')) args.push(readOperand(reader));
  reader.need(')');
  return { is: 'call', name: word.toLowerCase(), args };
}

function readPath(reader: Reader, first: string): Path {
  if (!/^#?[A-Za-z_]/.test(first)) throw new SyntaxError(`not a path: ${first}`);
  const path: (string | number)[] = [first];
  for (;;) {
    if (reader.skip('.')) path.push(reader.take());
    else if (reader.skip('[')) {
      path.push(Number(reader.take()));
      reader.need(']');
    } else return path;
  }
}
