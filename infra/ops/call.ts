import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { drawTable } from '../local/text-table.ts';
import type { Deployed } from './deployed.ts';

/** Where a command's words go, and who is asked. */
export interface Terminal {
  /** Takes whole lines, or bytes as they are. */
  print(text: string | Uint8Array): void;
  /** For what is not the answer. */
  complain(text: string): void;
  /** Whether a person agrees; undefined where nobody can be asked. */
  confirm(question: string): Promise<boolean | undefined>;
}

export const DONE = 0;
export const NOT_DONE = 1;
export const MISUSED = 2;

/** A command called wrongly: what is wrong, in a sentence. */
export class Misuse extends Error {}

const options = {
  stage: { type: 'string', default: 'dev' },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  since: { type: 'string' },
  reason: { type: 'string' },
  for: { type: 'string' },
  by: { type: 'string' },
  company: { type: 'string' },
  'min-score': { type: 'string' },
  items: { type: 'string' },
  segments: { type: 'string' },
  value: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

export const parse = (args: readonly string[]) => parseArgs({ args: [...args], allowPositionals: true, options });
export type Values = ReturnType<typeof parse>['values'];

/** One call of a command. */
export interface Call extends Terminal {
  readonly stage: Deployed;
  readonly values: Values;
  /** What stands behind the command's name. */
  readonly argument: string | undefined;
  readonly more: readonly string[];
}

export interface Command {
  /** Takes what a person typed; gives the exit code. @throws Misuse */
  run(call: Call): Promise<number>;
  /** How many words may stand behind its name. */
  readonly takes: number;
}

/** Who does it, as they sign, or as the machine knows them. */
export function signatureOf({ by }: Values): string {
  return by ?? userInfo().username;
}

/** One of the names. @throws Misuse saying which there are. */
export function oneOf<Name extends string>(names: readonly Name[], given: string | undefined, need: string): Name {
  const found = names.find((name) => name === given);
  if (found === undefined) throw new Misuse(`${need}: ${names.join(', ')}.`);
  return found;
}

/** Asks, unless --yes stands there. */
export async function agreed({ values, confirm, complain }: Call, question: string): Promise<boolean> {
  if (values.yes) return true;
  const answer = await confirm(question);
  if (answer !== true)
    complain(answer === undefined ? 'Nobody can be asked here: add --yes.\n' : 'Nothing was done.\n');
  return answer === true;
}

/** Prints what was done: facts with --json, else a sentence. */
export function tell({ values, print }: Call, facts: object, text: string): number {
  print(`${values.json ? JSON.stringify(facts, null, 2) : text}\n`);
  return DONE;
}

/** Prints a table, or its rows with --json. `width`: of a column, before what is wider is wrapped. */
export function show(
  { values, print }: Call,
  rows: readonly object[],
  columns: readonly string[],
  none: string,
  width = 44,
): number {
  if (values.json || rows.length === 0) {
    print(`${values.json ? JSON.stringify(rows, null, 2) : none}\n`);
    return DONE;
  }
  const cells = rows.map((row) => {
    const fields: Readonly<Record<string, unknown>> = { ...row };
    return columns.map((column) => String(fields[column] ?? ''));
  });
  const headings = columns.map((heading) => ({ heading, width }));
  print(`${drawTable(headings, cells)}\n`);
  return DONE;
}
