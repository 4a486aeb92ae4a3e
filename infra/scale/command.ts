import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type Stage, stageNamed } from '../stages.ts';
import { QUOTAS } from './facts.ts';
import { plantOf } from './plant.ts';
import { describeFacts, describeStudy, studyAsJson } from './report.ts';
import { study } from './study.ts';

export const HELP = `npm run scale -- [--companies 1,100,10000] [--bookings 20] [--stage prod] [--places 1000]
                 [--seed 1] [--json]
npm run scale -- --facts

Simulates a deployment in virtual time, with the limits of AWS, FareHarbor, Salesforce and Mailchimp and the service
times measured here, and says how far it goes and what breaks first. Nothing is called; no credentials are needed.

  --companies  how many, one or several numbers with commas between (1 to 20000 each)
  --bookings   new bookings a day of an average company (1 to 100000); each sends about five webhooks
  --stage      whose settings (infra/stages.ts)
  --places     functions that your account may run at a time (1000; a new account begins with 10)
  --seed       what all chances are drawn from: the same seed gives the same report
  --facts      the figures it goes by, and their sources
  --json       for programs
`;

/** Where a command's words go: its answer, and what is not the answer. */
export interface Output {
  print(text: string): void;
  complain(text: string): void;
}

const DONE = 0;
const MISUSED = 2;

/** An empty word would be a zero. */
const whole = (most: number) =>
  z
    .string()
    .regex(/^[0-9]+$/, 'is not a whole number')
    .pipe(z.coerce.number<string>().int().min(1).max(most));

const optionsSchema = z.object({
  companies: z
    .string()
    .default('1,100,10000')
    .transform((text) => text.split(','))
    .pipe(z.array(whole(20_000))),
  bookings: whole(100_000).default(20),
  stage: z.string().default('prod'),
  places: whole(100_000).default(QUOTAS.lambdaConcurrency.value),
  seed: whole(1_000_000).default(1),
  facts: z.boolean().default(false),
  json: z.boolean().default(false),
  help: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema> & { readonly of: Stage };

/**
 * Runs `npm run scale`.
 * @param args what stands behind the program's name.
 * @returns the exit code: 0 done, 2 called wrongly.
 */
export function scale(args: readonly string[], { print, complain }: Output): number {
  const options = readOptions(args);
  if (typeof options === 'string') {
    complain(`scale: ${options}\n\n${HELP}`);
    return MISUSED;
  }
  if (options.help) print(HELP);
  else if (options.facts) print(describeFacts());
  else {
    const rule = {
      plant: { ...plantOf(options.of), lambdaConcurrency: options.places },
      bookingsPerDay: options.bookings,
      seed: options.seed,
    };
    const cases = options.companies.map((companies) => study(companies, rule));
    print(options.json ? `${JSON.stringify(studyAsJson(cases, rule), undefined, 2)}\n` : describeStudy(cases, rule));
  }
  return DONE;
}

/** The options, or what is wrong with them. */
function readOptions(args: readonly string[]): Options | string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        companies: text,
        bookings: text,
        stage: text,
        places: text,
        seed: text,
        facts: flag,
        json: flag,
        help: flag,
      },
    });
    const parsed = optionsSchema.safeParse(values);
    if (parsed.success) return { ...parsed.data, of: stageNamed(parsed.data.stage) };
    return parsed.error.issues.map(({ path, message }) => `--${path[0]?.toString() ?? ''}: ${message}`).join('; ');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
