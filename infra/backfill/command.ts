import { parseArgs } from 'node:util';
import * as z from 'zod';
import { PermanentError } from '../../shared/errors/errors.ts';
import type { Terminal } from '../ops/command.ts';
import type { BackfillRange } from './backfill-log.ts';
import { type Figures, lineOf } from './figures.ts';
import { type BackfillDeps, runBackfill } from './run.ts';

export const HELP = `npm run backfill -- --company <shortname> --from <day> --to <day> [--stage dev] [--yes] [--json]

Brings every booking whose tour starts on these days (YYYY-MM-DD, both included) from FareHarbor into Salesforce and
Mailchimp. It tells nobody: no Case is opened, no journey begins, no automation runs. It takes only what webhooks leave
of FareHarbor's calls, about 9 bookings a second at best. Bookings that are known already cost nothing.

Ctrl-C ends it at any time; the same command goes on where it ended. It needs API access to FareHarbor.

  --yes     does not ask
  --json    prints the figures as a line of JSON each second

It uses your AWS credentials and region; on this machine, "npm start" prints the line to use.
`;

/** The stage's side of a backfill. */
export interface Stage {
  /** Shortnames of the companies in the stage's settings. */
  readonly companies: readonly string[];
  /** Whether there are keys of FareHarbor's API for the company. */
  hasAccess(company: string): Promise<boolean>;
  readonly deps: Omit<BackfillDeps, 'tell'>;
  close(): void;
}

const DONE = 0;
const NOT_DONE = 1;
const MISUSED = 2;
const INTERRUPTED = 130;

/** A command called wrongly: what is wrong, in a sentence. */
class Misuse extends Error {}

const options = {
  company: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  stage: { type: 'string', default: 'dev' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;
const parse = (args: readonly string[]) => parseArgs({ args: [...args], options });
type Values = ReturnType<typeof parse>['values'];

/**
 * Runs `npm run backfill`.
 *
 * @param args what stands behind the program's name.
 * @param reach makes the clients of a stage; it is closed at the end.
 * @param signal ends it early, with everything done so far kept.
 * @returns the exit code: 0 done, 1 not done, 2 called wrongly, 130 ended by the signal.
 * @throws what AWS answers when the stage is not there or may not be used.
 */
export async function backfill(
  args: readonly string[],
  reach: (stage: string) => Stage,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { values } = parse(args);
    if (values.help) {
      terminal.print(HELP);
      return DONE;
    }
    const range = rangeOf(values);
    const stage = reach(stageOf(values));
    try {
      return await bring(range, values, stage, terminal, signal);
    } finally {
      stage.close();
    }
  } catch (error) {
    if (error instanceof PermanentError) {
      terminal.complain(`${sentence(error.message)}: ${error.remedy}.\n`);
      return NOT_DONE;
    }
    if (!(error instanceof Misuse) && !isParseError(error)) throw error;
    terminal.complain(`${error.message} See npm run backfill -- --help.\n`);
    return MISUSED;
  }
}

async function bring(
  range: BackfillRange,
  values: Values,
  stage: Stage,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { company, from, to } = range;
  if (!stage.companies.includes(company)) {
    throw new Misuse(`${company} is not in the settings of ${values.stage}: ${stage.companies.join(', ')} are.`);
  }
  if (!(await stage.hasAccess(company))) {
    terminal.complain(
      `There is no API access for ${company}: put FareHarbor's appKey and userKey into the secret harborlight/${values.stage}/fareharbor.\n`,
    );
    return NOT_DONE;
  }
  const question = `Bring all bookings of ${company} with a tour from ${from} to ${to} into the destinations of ${values.stage}?`;
  if (!(await agreed(question, values, terminal))) return NOT_DONE;
  const tell = (figures: Figures) => terminal.print(`${values.json ? JSON.stringify(figures) : lineOf(figures)}\n`);
  const ending = await runBackfill(range, { ...stage.deps, tell }, signal);
  if (ending === 'finished') {
    if (!values.json)
      terminal.print('Done: every booking of these days is in every destination, or on its way there.\n');
    return DONE;
  }
  if (ending === 'stopped') {
    terminal.complain('Stopped. The same command goes on where it ended.\n');
    return INTERRUPTED;
  }
  terminal.complain(
    'Everything is read from FareHarbor, but a destination takes no bulk writes. See npm run ops -- status. The same command goes on; what still waits after a day goes its way one by one.\n',
  );
  return NOT_DONE;
}

const rangeSchema = z.object({
  company: z.string({ error: 'Say which company: --company <shortname>.' }).min(1, 'Say which company.'),
  from: z.iso.date({ error: 'Say from which day: --from YYYY-MM-DD.' }),
  to: z.iso.date({ error: 'Say to which day: --to YYYY-MM-DD.' }),
});

function rangeOf({ company, from, to }: Values): BackfillRange {
  const range = rangeSchema.safeParse({ company, from, to });
  if (!range.success) throw new Misuse(range.error.issues.map(({ message }) => message).join(' '));
  if (range.data.to < range.data.from) throw new Misuse('--to is before --from.');
  return range.data;
}

function stageOf({ stage }: Values): string {
  if (stage === 'dev' || stage === 'prod') return stage;
  throw new Misuse(`There is no stage ${stage}: choose dev or prod.`);
}

async function agreed(question: string, { yes }: Values, { confirm, complain }: Terminal): Promise<boolean> {
  if (yes) return true;
  const answer = await confirm(question);
  if (answer !== true) {
    complain(answer === undefined ? 'Nobody can be asked here: add --yes.\n' : 'Nothing was done.\n');
  }
  return answer === true;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Node marks what parseArgs refuses. */
function isParseError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
