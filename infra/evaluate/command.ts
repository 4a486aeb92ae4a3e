import { parseArgs } from 'node:util';
import { BadInput, readCsv } from './csv.ts';
import { hotelDataOf } from './hotel-data.ts';
import { findLimits } from './limits.ts';
import { OWN_COLUMNS, ownHistoryOf } from './own-history.ts';
import { judgeOwnHistory } from './own-verdict.ts';
import { evaluateReference } from './reference.ts';
import { describeLimits, describeOwn, describeReference } from './report.ts';

export const HELP = `npm run evaluate -- --data <csv> [--limits] [--json]
npm run evaluate -- --own <csv> [--json]

  --data <csv>  measures the models on the public "Hotel booking demand datasets" (Antonio, Almeida and Nunes,
                Data in Brief 22, 2019, doi 10.1016/j.dib.2018.11.126, CC BY 4.0; hotel_bookings.csv, or packed by gzip)
  --limits      says what each feature is worth there, and what limits the result (some minutes)
  --own <csv>   says whether your own history is enough to replace the default coefficients, and prints yours

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
  limits: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Runs `npm run evaluate`.
 * @param args what stands behind the program's name.
 * @returns the exit code: 0 done, 1 the input cannot be used, 2 called wrongly.
 */
export function evaluate(args: readonly string[], { print, complain }: Output): number {
  try {
    const { values } = parseArgs({ args: [...args], options });
    const { data, own, limits, json } = values;
    if (values.help) {
      print(HELP);
      return DONE;
    }
    if ((data === undefined) === (own === undefined)) {
      complain(HELP);
      return MISUSED;
    }
    if (data !== undefined) evaluateData(data, { limits, json }, { print, complain });
    if (own !== undefined) print(evaluateOwn(own, json));
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
  const findings = limits ? findLimits(data, reference.chosen, say) : undefined;
  if (json) print(`${JSON.stringify({ ...reference, ...(findings && { limits: findings }) }, null, 2)}\n`);
  else if (findings !== undefined) print(`\n${describeLimits(findings)}`);
}

function evaluateOwn(path: string, json: boolean): string {
  const bookings = ownHistoryOf(readCsv(path));
  const verdict = splittable(() => judgeOwnHistory(bookings));
  return json ? `${JSON.stringify(verdict, null, 2)}\n` : describeOwn(verdict);
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
