import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Deployed } from '../ops/deployed.ts';
import { BadInput, readCsv } from './csv.ts';
import { exportedRows, readHistory } from './export-history.ts';
import { hotelDataOf } from './hotel-data.ts';
import { findLimits } from './limits.ts';
import { csvLineOf, OWN_COLUMNS, OWN_HEADER, ownHistoryOf } from './own-history.ts';
import { judgeOwnHistory } from './own-verdict.ts';
import { evaluateReference } from './reference.ts';
import {
  describeExport,
  describeLimits,
  describeOwn,
  describeReference,
  describeShippedLimits,
  settingsEntryOf,
} from './report.ts';
import { findShippedLimits } from './shipped-limits.ts';

export const HELP = `npm run evaluate -- --data <csv> [--limits] [--json]
npm run evaluate -- --export <csv> [--stage dev] [--company <shortname>]
npm run evaluate -- --own <csv> [--json]

  --data <csv>  measures the models on the public "Hotel booking demand datasets" (Antonio, Almeida and Nunes,
                Data in Brief 22, 2019, doi 10.1016/j.dib.2018.11.126, CC BY 4.0; hotel_bookings.csv, or packed by gzip)
  --limits      says what each feature is worth there, and what limits the result (some minutes)
  --export <csv>  writes your own history from the stage's bookings table, with your AWS credentials: it reads the
                whole table. No name, address or uuid is written; days and party can still tell who has the
                tables which booking it was, so keep the file as you keep those.
  --own <csv>   says whether your own history is enough to replace the default coefficients, and if so prints the
                entry of your settings that does it

Columns of your own history, one row per booking whose tour is over:
${Object.entries(OWN_COLUMNS)
  .map(([name, { about }]) => `  ${name.padEnd(23)}${about}`)
  .join('\n')}
`;

/** Where a command's words go: its answer, and what is not the answer. */
export interface Output {
  print(text: string): void;
  complain(text: string): void;
}

const DONE = 0;
const BAD_INPUT = 1;
const MISUSED = 2;

const options = {
  data: { type: 'string' },
  own: { type: 'string' },
  export: { type: 'string' },
  stage: { type: 'string', default: 'dev' },
  company: { type: 'string' },
  limits: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What an export needs of a stage. */
export type Reached = Pick<Deployed, 'dynamo' | 'close'> & { readonly tables: Pick<Deployed['tables'], 'bookings'> };

/**
 * Runs `npm run evaluate`.
 * @param args what stands behind the program's name.
 * @param reach makes the clients of a stage; only an export needs it.
 * @returns the exit code: 0 done, 1 the input cannot be used, 2 called wrongly.
 */
export async function evaluate(
  args: readonly string[],
  { print, complain }: Output,
  reach: (stage: string) => Reached,
): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options });
    const { data, own, limits, json, stage, company } = values;
    if (values.help) {
      print(HELP);
      return DONE;
    }
    if ([data, own, values.export].filter((one) => one !== undefined).length !== 1) {
      complain(HELP);
      return MISUSED;
    }
    if (data !== undefined) evaluateData(data, { limits, json }, { print, complain });
    if (own !== undefined) print(evaluateOwn(own, json));
    if (values.export !== undefined) print(await exportOwn(values.export, reach(stage), company));
    return DONE;
  } catch (error) {
    if (error instanceof BadInput) {
      complain(`${error.message}\n`);
      return BAD_INPUT;
    }
    if (!isParseError(error)) throw error;
    complain(`${error.message}\n`);
    return MISUSED;
  }
}

interface Wanted {
  readonly limits: boolean;
  readonly json: boolean;
}

function evaluateData(path: string, { limits, json }: Wanted, { print, complain }: Output): void {
  const say = (line: string): void => complain(`… ${line}\n`);
  const data = hotelDataOf(readCsv(path));
  const reference = splittable(() => evaluateReference(data, say));
  // What is known is shown before the minutes that the limits take.
  if (!json) print(describeReference(reference));
  const findings = limits
    ? { limits: findLimits(data, reference.chosen, say), shippedLimits: findShippedLimits(data, say) }
    : undefined;
  if (json) print(`${JSON.stringify({ ...reference, ...findings }, null, 2)}\n`);
  else if (findings !== undefined)
    print(`\n${describeLimits(findings.limits)}\n${describeShippedLimits(findings.shippedLimits)}`);
}

function evaluateOwn(path: string, json: boolean): string {
  const bookings = ownHistoryOf(readCsv(path));
  const verdict = splittable(() => judgeOwnHistory(bookings));
  if (!json) return describeOwn(verdict);
  return `${JSON.stringify({ ...verdict, settings: settingsEntryOf(verdict) ?? null }, null, 2)}\n`;
}

async function exportOwn(path: string, stage: Reached, company: string | undefined): Promise<string> {
  const now = new Date().toISOString();
  try {
    // Before the whole table is read and paid for.
    if (existsSync(path)) throw new BadInput(`${path}: there is such a file already.`);
    const found = await readAll(stage, company);
    const [one, ...others] = [...found].sort(([a], [b]) => a.localeCompare(b));
    if (one === undefined) throw new BadInput(`There are no bookings of ${company ?? 'any company'} in the table.`);
    if (others.length > 0) {
      const names = [one, ...others].map(([name]) => name).join(', ');
      throw new BadInput(`The table holds the bookings of ${names}: say whose with --company.`);
    }
    const history = exportedRows(one[1], now);
    writeNew(path, [OWN_HEADER, ...history.rows.map(csvLineOf)].map((line) => `${line}\n`).join(''));
    return describeExport(one[0], path, history);
  } finally {
    stage.close();
  }
}

async function readAll({ dynamo, tables }: Reached, company: string | undefined) {
  try {
    return await readHistory(dynamo, tables.bookings, company);
  } catch (cause) {
    const why = cause instanceof Error ? cause.name : 'unknown error';
    const ask = 'Are your AWS credentials and region set, may they read it, and is the stage deployed?';
    throw new BadInput(`${tables.bookings} could not be read (${why}). ${ask}`, { cause });
  }
}

/** Nobody else on the machine may read it, and what is there already stays. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new BadInput(`${path}: it may not be written, or there is such a file by now.`, { cause });
  }
}

/** A file with no rows, or of one day only, cannot be split by time. */
function splittable<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof RangeError) throw new BadInput(`The file cannot be used: ${cause.message}.`);
    throw cause;
  }
}

/** Node marks what parseArgs refuses. */
function isParseError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
