/** A piece of a query in CloudWatch Logs Insights' language. */
export type Token =
  | { readonly kind: 'word' | 'text' | 'sign'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'pattern'; readonly pattern: RegExp };

const FORMS: readonly (readonly [RegExp, (found: RegExpExecArray) => Token])[] = [
  [/"([^"\\]*)"/y, ([, text = '']) => ({ kind: 'text', text })],
  [/\/((?:[^/\\]|\\.)+)\//y, ([, source = '']) => ({ kind: 'pattern', pattern: new RegExp(source) })],
  [/\d+(?:\.\d+)?/y, ([text]) => ({ kind: 'number', value: Number(text) })],
  [/@?[A-Za-z_][\w.]*/y, ([text]) => ({ kind: 'word', text })],
  [/!=|>=|<=|[=<>()[\],|]/y, ([text]) => ({ kind: 'sign', text })],
];

/** @throws where a character begins no piece that is known here. */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < query.length; ) {
    if (/\s/.test(query.charAt(at))) {
      at += 1;
      continue;
    }
    const token = tokenAt(query, at);
    if (token === undefined) throw new Error(`what begins with '${query.slice(at, at + 20)}' is not understood`);
    tokens.push(token.token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(query: string, at: number): { readonly token: Token; readonly end: number } | undefined {
  for (const [form, read] of FORMS) {
    form.lastIndex = at;
    const found = form.exec(query);
    if (found !== null) return { token: read(found), end: form.lastIndex };
  }
  return undefined;
}
