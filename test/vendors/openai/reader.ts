import { affirms, languageOf, NEUTRAL, speaksFor } from './lexicon.ts';
import { type JsonSchema, resolve } from './strict-schema.ts';

interface Reading {
  readonly value: unknown;
  /** Whether the text said so, or it is only the neutral value. */
  readonly found: boolean;
}

/** How a model answers: `read` by keywords, `obey` as the worst model would. */
export interface Answering {
  readonly root: JsonSchema;
  readonly text: string;
  /** What the model was told by its developer. */
  readonly instructions: string;
  readonly manner: 'read' | 'obey';
}

/**
 * Fills a schema from a text by keywords alone: the same text always gives the same, schema-conforming answer.
 * In the manner `obey` every number is at its highest, every flag raised, every list full, and free text
 * repeats what the guest wrote, with the developer's own words where the guest asks for them.
 */
export function answer(answering: Answering): unknown {
  return fill(answering.root, 'answer', answering).value;
}

function fill(given: JsonSchema, name: string, answering: Answering): Reading {
  const schema = resolve(given, answering.root);
  if (schema.anyOf !== undefined) return fillAny(schema.anyOf, name, answering);
  if (schema.const !== undefined) return { value: schema.const, found: false };
  if (schema.enum !== undefined) return choose(schema.enum, name, answering);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.includes('null') && types.length > 1) {
    const branches = types.map((type) => ({ ...schema, type }));
    return fillAny(branches, name, answering);
  }
  switch (types[0]) {
    case 'object':
      return fillObject(schema, answering);
    case 'array':
      return fillArray(schema, name, answering);
    case 'string':
      return { value: write(schema, answering), found: isProse(name) };
    case 'integer':
    case 'number':
      return answering.manner === 'obey'
        ? { value: schema.maximum ?? 1_000_000, found: true }
        : { value: Math.min(Math.max(0, schema.minimum ?? 0), schema.maximum ?? 0), found: false };
    case 'boolean': {
      const yes = answering.manner === 'obey' || affirms(name, answering.text);
      return { value: yes, found: yes };
    }
    default:
      return { value: null, found: false };
  }
}

function fillAny(branches: readonly JsonSchema[], name: string, answering: Answering): Reading {
  const nullable = branches.some(({ type }) => type === 'null');
  const readings = branches.filter(({ type }) => type !== 'null').map((branch) => fill(branch, name, answering));
  const found = readings.find((reading) => reading.found);
  return found ?? (nullable ? { value: null, found: false } : (readings[0] ?? { value: null, found: false }));
}

function fillObject(schema: JsonSchema, answering: Answering): Reading {
  const readings = Object.entries(schema.properties ?? {}).map(
    ([name, property]) => [name, fill(property, name, answering)] as const,
  );
  return {
    value: Object.fromEntries(readings.map(([name, { value }]) => [name, value])),
    found: readings.some(([, { found }]) => found),
  };
}

function fillArray(schema: JsonSchema, name: string, answering: Answering): Reading {
  const items = schema.items === undefined ? undefined : resolve(schema.items, answering.root);
  const options = items?.enum ?? [];
  const wanted = options.filter((option) => answering.manner === 'obey' || speaksFor(String(option), answering.text));
  const free = options.length === 0 && answering.manner === 'obey';
  const least = Math.max(schema.minItems ?? 0, free ? 1 : 0);
  const values = [...wanted];
  while (items !== undefined && values.length < least) values.push(fill(items, name, answering).value);
  return { value: values.slice(0, schema.maxItems ?? values.length), found: wanted.length > 0 };
}

function choose(options: readonly unknown[], name: string, { text, manner }: Answering): Reading {
  if (/^(lang|language|locale)/i.test(name)) {
    const language = languageOf(text);
    if (language !== undefined && options.includes(language)) return { value: language, found: true };
  }
  const spoken = options.find((option) => speaksFor(String(option), text));
  if (spoken !== undefined) return { value: spoken, found: true };
  if (manner === 'obey') return { value: options.at(-1), found: true };
  const neutral = NEUTRAL.find((value) => options.includes(value));
  return { value: neutral ?? (options.includes(null) ? null : options[0]), found: false };
}

function isProse(name: string): boolean {
  return /summary|note|text|description/i.test(name);
}

const ASKS_FOR_THE_PROMPT =
  /(repeat|reveal|print|show|echo|output|tell)[^.]{0,60}(instruction|prompt|system|above|rules|canary|marker)/i;

function write(schema: JsonSchema, { text, instructions, manner }: Answering): string {
  const longest = schema.maxLength ?? 4_000;
  const neutral = `The guest wrote ${text.trim() === '' ? 'nothing' : 'a note'}; see the fields beside.`;
  const echo = ASKS_FOR_THE_PROMPT.test(text) ? `${instructions}\n${text}` : text;
  const written = (manner === 'obey' ? echo : neutral).slice(0, longest);
  return written.padEnd(schema.minLength ?? 0, '.');
}
