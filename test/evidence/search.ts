import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a search found: what kind of thing, where, and a hint of it that gives nothing away. */
export interface Finding {
  readonly kind: 'e-mail' | 'phone' | 'name' | 'key' | 'uuid' | 'number';
  readonly file: string;
  readonly line: number;
  /** Its first two characters and its length. */
  readonly hint: string;
}

export interface SoughtData {
  /** Names of guests, as FareHarbor has them. */
  readonly names: Iterable<string>;
  readonly keys: Iterable<string>;
  /** Words that any log may have, in lower case: one that is also a part of a name says nothing by itself. */
  readonly ordinaryWords: ReadonlySet<string>;
}

/** Any e-mail address at all: there is no reason for one to be in a log. A stack's `node_modules/@scope/` is none. */
const E_MAIL = /[\p{L}\d][\p{L}\d._%+'-]*@[\p{L}\d][\p{L}\d.-]*\.\p{L}{2,}/gu;
/** Any number with its country's code, and the fictitious ones in whatever spelling. */
const PHONE = /\+\d[\d ()./-]{8,16}\d|\b\(?202\)?[ .-]?555[ .-]?01\d\d\b/g;
/**
 * Shapes of secrets: private keys, Authorization headers, sessions of Salesforce, API keys of Mailchimp and OpenAI, and
 * the keys that tests make up.
 */
const KEY =
  /-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:Basic|Bearer) [\w+/=.!-]{12,}|\b00D\w{12,15}![\w.]{8,}|\b[0-9a-f]{32}-us\d+\b|\bsk-[\w-]{20,}|[a-z-]+-0123456789\b/g;
const WORD = /[\p{L}\d][\p{L}\d'’-]*/gu;
const MARKUP = /\*\|[^|]*\|\*|\{\{[^}]*\}\}|<[^>]*>/g;
/** A shorter part of a name is hardly ever one by itself. */
const LONG_ENOUGH = 5;

/** Searches a line. @returns what was found in it, for `file` and `line`. */
export type SearchLine = (text: string) => readonly { readonly kind: Finding['kind']; readonly text: string }[];

/** Makes the search for these data, and for what looks like them. */
export function searchFor({ names, keys, ordinaryWords }: SoughtData): SearchLine {
  const whole = new Set<string>();
  const lengths = new Map<string, Set<number>>();
  const single = new Set<string>();
  for (const name of names) {
    const words = wordsOf(name);
    if (words.length > 1) {
      whole.add(words.join(' '));
      const first = words[0] ?? '';
      lengths.set(first, (lengths.get(first) ?? new Set()).add(words.length));
    }
    // The name of a merge tag in a hostile name is nobody's name, and other hostile texts may have it as well.
    for (const word of wordsOf(name.replace(MARKUP, ' '))) {
      if (word.length >= LONG_ENOUGH && !ordinaryWords.has(word)) single.add(word);
    }
  }
  const given = [...new Set(keys)].filter((key) => key.length >= 6);
  return (text) => [
    ...all(E_MAIL, text, 'e-mail'),
    ...all(PHONE, text, 'phone'),
    ...all(KEY, text, 'key'),
    ...given.filter((key) => text.includes(key)).map((key) => ({ kind: 'key' as const, text: key })),
    ...namesIn(wordsOf(text), { whole, lengths, single }).map((name) => ({
      kind: 'name' as const,
      text: name,
    })),
  ];
}

/** Whatever booking, guest or person a uuid may name: a model is told of none. Logs may name a booking by its own. */
const UUID = /\b[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b/gi;
/** Seven digits and more, however they are written: telephones of all countries, cards, passports, accounts. */
const NUMBER = /(?<![\w.])\+?\(?\d(?:[ ().\u00a0\u2010-\u2015/-]{0,3}\d){6,30}(?!\w)/gu;
const DATE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})$/;

/** What a form says of a whole number that has no limit. */
const NO_LIMIT = String(Number.MAX_SAFE_INTEGER);

/** The search of what a model was sent: beside all else, nothing that looks like anybody's number. */
export function alsoNumbers(search: SearchLine): SearchLine {
  return (text) => [
    ...search(text),
    ...all(UUID, text, 'uuid'),
    ...all(NUMBER, text.replaceAll(UUID, ''), 'number').filter(
      ({ text: found }) => !DATE.test(found) && found !== NO_LIMIT,
    ),
  ];
}

interface Names {
  readonly whole: ReadonlySet<string>;
  /** How many words the names have that begin with a word: one name of 500 words must not have each "guest" looked at 500 times. */
  readonly lengths: ReadonlyMap<string, ReadonlySet<number>>;
  readonly single: ReadonlySet<string>;
}

function namesIn(words: readonly string[], { whole, lengths, single }: Names): string[] {
  const found = new Set<string>();
  words.forEach((word, at) => {
    if (single.has(word)) found.add(word);
    for (const length of lengths.get(word) ?? []) {
      const name = words.slice(at, at + length).join(' ');
      if (whole.has(name)) found.add(name);
    }
  });
  return [...found];
}

/** The words of a text in lower case; what JSON escapes is no part of them. */
function wordsOf(text: string): string[] {
  return (text.replaceAll(/\\[nrtbf"\\/]/g, ' ').match(WORD) ?? []).map((word) => word.toLowerCase());
}

function all(pattern: RegExp, text: string, kind: Finding['kind']) {
  return (text.match(pattern) ?? []).map((found) => ({ kind, text: found }));
}

/** Searches a file line by line. @returns how many lines it has, and what was found. */
export async function searchFile(
  path: string,
  search: SearchLine,
): Promise<{ readonly lines: number; readonly findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  let lines = 0;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    lines += 1;
    for (const { kind, text: found } of search(text)) {
      findings.push({ kind, file: path, line: lines, hint: `${found.slice(0, 2)}… (${found.length} characters)` });
    }
  }
  return { lines, findings };
}
