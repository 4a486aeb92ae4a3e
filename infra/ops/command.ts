import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { bookingUuidSchema } from '../../shared/booking/booking.ts';
import { drawTable } from '../local/text-table.ts';
import { type Behind, listAttention } from './attention.ts';
import { type Deployed, QUEUES, SINKS } from './deployed.ts';
import { repair, replay } from './hints.ts';
import { removePause, writePause } from './pause.ts';
import { listQuarantine, readQuarantined } from './quarantine.ts';
import { recover } from './recover.ts';
import { redrive } from './redrive.ts';
import { status } from './status.ts';

export const HELP = `npm run ops -- <command> [--stage dev] [--json]

  status               how much lags, is parked or quarantined, waits in queues, is paused
  lagging              bookings that a destination has not reached yet
  parked               bookings that a destination refused for good, why, and what to do
  quarantine           webhooks that no booking could be made of
  quarantine <id>      the body of one of them, as it came (it may hold personal data)

  repair <uuid>        has every destination look at this booking again, also where it is parked
  replay --since <ISO> the same for every booking changed since (asks first)
  recover              after tables were restored: asks FareHarbor for every booking, then writes each again (asks first)
  redrive <queue>      moves the dead letters of ${QUEUES.join(', ')} back (asks first)
  pause <sink>         stops ${SINKS.join(' or ')} within a minute; [--reason "…"] [--by name] (asks first)
  resume <sink>        lets it go on

  --yes                does not ask. --json prints JSON.

It uses your AWS credentials and region; on this machine, "npm start" prints the line to use.
`;

/** Where a command's words go, and who is asked. */
export interface Terminal {
  /** Takes whole lines, or bytes as they are. */
  print(text: string | Uint8Array): void;
  /** For what is not the answer. */
  complain(text: string): void;
  /** Whether a person agrees; undefined where nobody can be asked. */
  confirm(question: string): Promise<boolean | undefined>;
}

const DONE = 0;
const NOT_DONE = 1;
const MISUSED = 2;

/** A command called wrongly: what is wrong, in a sentence. */
class Misuse extends Error {}

const options = {
  stage: { type: 'string', default: 'dev' },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  since: { type: 'string' },
  reason: { type: 'string', default: 'no reason given' },
  by: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const parse = (args: readonly string[]) => parseArgs({ args: [...args], allowPositionals: true, options });
type Values = ReturnType<typeof parse>['values'];

interface Call extends Terminal {
  readonly stage: Deployed;
  readonly values: Values;
  readonly argument: string | undefined;
}

/**
 * Runs `npm run ops`.
 *
 * @param args what stands behind the program's name.
 * @param reach makes the clients of a stage; it is closed at the end.
 * @returns the exit code: 0 done, 1 not done (refused, or there is no such thing), 2 called wrongly.
 * @throws what AWS answers when the stage is not there or may not be used.
 */
export async function ops(
  args: readonly string[],
  reach: (stage: string) => Deployed,
  terminal: Terminal,
): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const [name, argument, ...more] = positionals;
    const command = name === undefined ? undefined : COMMANDS.get(name);
    if (values.help || command === undefined || more.length > 0) {
      if (values.help) terminal.print(HELP);
      else terminal.complain(HELP);
      return values.help ? DONE : MISUSED;
    }
    const stage = reach(values.stage);
    try {
      return await command({ ...terminal, stage, values, argument });
    } finally {
      stage.close();
    }
  } catch (error) {
    if (!(error instanceof Misuse) && !isParseError(error)) throw error;
    terminal.complain(`${error.message}\n`);
    return MISUSED;
  }
}

/** Node marks what parseArgs refuses. */
function isParseError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

const BEHIND: readonly (keyof Behind)[] = ['uuid', 'company', 'sink', 'version', 'holds', 'since'];

const COMMANDS: ReadonlyMap<string, (call: Call) => Promise<number>> = new Map([
  [
    'status',
    async (call: Call) =>
      show(call, await status(call.stage), ['what', 'count', 'oldest', 'note'], 'Nothing is there.'),
  ],
  [
    'lagging',
    async (call: Call) =>
      show(call, await attention(call, 'lagging'), BEHIND, 'Every booking is in every destination.'),
  ],
  [
    'parked',
    async (call: Call) =>
      show(
        call,
        await attention(call, 'parked'),
        ['uuid', 'company', 'sink', 'since', 'reason', 'remedy'],
        'Nothing is parked.',
      ),
  ],
  ['quarantine', quarantine],
  ['repair', repairOne],
  ['replay', replaySince],
  ['recover', recoverAll],
  ['redrive', redriveQueue],
  ['pause', pause],
  ['resume', resume],
]);

const attention = ({ stage }: Call, reason: 'lagging' | 'parked') =>
  listAttention(stage.dynamo, stage.tables.bookings, reason);

async function quarantine(call: Call): Promise<number> {
  const { stage, argument, print, complain } = call;
  if (argument === undefined) {
    const entries = await listQuarantine(stage.dynamo, stage.tables.operations);
    return show(call, entries, ['id', 'reason', 'company', 'uuid', 'bytes'], 'Nothing is quarantined.');
  }
  const body = await readQuarantined(stage.dynamo, stage.tables.operations, argument);
  if (body === undefined) {
    complain(`There is no quarantined webhook ${argument}: "npm run ops -- quarantine" lists them.\n`);
    return NOT_DONE;
  }
  print(body);
  return DONE;
}

async function repairOne(call: Call): Promise<number> {
  const uuid = bookingUuidSchema.safeParse(call.argument);
  if (!uuid.success) throw new Misuse('repair needs the uuid of a booking.');
  const sinks = await repair(call.stage, uuid.data);
  if (sinks === undefined) {
    call.complain(`There is no booking ${uuid.data}. Save it in FareHarbor again: its webhook brings it.\n`);
    return NOT_DONE;
  }
  return tell(call, { uuid: uuid.data, sinks }, `${sinks.join(' and ')} will look at booking ${uuid.data} again.`);
}

async function replaySince(call: Call): Promise<number> {
  const since = z.coerce.date().safeParse(call.values.since);
  if (call.values.since === undefined || !since.success)
    throw new Misuse('replay needs --since with a time, such as 2026-11-21T08:00:00Z.');
  const from = since.data.toISOString();
  if (!(await agreed(call, `Have every destination look again at each booking changed since ${from}?`)))
    return NOT_DONE;
  const bookings = await replay(call.stage, from);
  return tell(call, { since: from, bookings }, `${bookings} bookings will be looked at again.`);
}

async function recoverAll(call: Call): Promise<number> {
  const question = 'Ask FareHarbor for every booking again, and write each to every destination?';
  if (!(await agreed(call, question))) return NOT_DONE;
  const recovery = await recover(call.stage, new Date());
  const text = `${recovery.bookings} bookings will be asked for and written again; "npm run ops -- status" shows how many are left.`;
  return tell(call, recovery, text);
}

async function redriveQueue(call: Call): Promise<number> {
  const queue = oneOf(QUEUES, call.argument, 'redrive needs a queue');
  if (!(await agreed(call, `Move the dead letters of ${queue} back to be tried again?`))) return NOT_DONE;
  const redriven = await redrive(call.stage, queue);
  const { state, messages } = redriven;
  const text = state === 'moved' ? `${messages} messages were moved` : `SQS is moving about ${messages} messages`;
  return tell(call, redriven, `${text} back to ${queue}.`);
}

async function pause(call: Call): Promise<number> {
  const sink = oneOf(SINKS, call.argument, 'pause needs a destination');
  if (!(await agreed(call, `Stop everything that goes to ${sink} until it is resumed?`))) return NOT_DONE;
  const { reason, by = userInfo().username } = call.values;
  const pauseOf = { id: sink, by, since: new Date().toISOString(), reason };
  await writePause(call.stage.dynamo, call.stage.tables.operations, pauseOf);
  return tell(call, pauseOf, `${sink} stops within a minute; "npm run ops -- resume ${sink}" lets it go on.`);
}

async function resume(call: Call): Promise<number> {
  const sink = oneOf(SINKS, call.argument, 'resume needs a destination');
  const resumed = await removePause(call.stage.dynamo, call.stage.tables.operations, sink);
  const text = resumed ? `${sink} goes on; what waited arrives within a minute or two.` : `${sink} was not paused.`;
  return tell(call, { sink, resumed }, text);
}

function oneOf<Name extends string>(names: readonly Name[], given: string | undefined, need: string): Name {
  const found = names.find((name) => name === given);
  if (found === undefined) throw new Misuse(`${need}: ${names.join(', ')}.`);
  return found;
}

async function agreed({ values, confirm, complain }: Call, question: string): Promise<boolean> {
  if (values.yes) return true;
  const answer = await confirm(question);
  if (answer !== true)
    complain(answer === undefined ? 'Nobody can be asked here: add --yes.\n' : 'Nothing was done.\n');
  return answer === true;
}

function tell({ values, print }: Call, facts: object, text: string): number {
  print(`${values.json ? JSON.stringify(facts, null, 2) : text}\n`);
  return DONE;
}

function show({ values, print }: Call, rows: readonly object[], columns: readonly string[], none: string): number {
  if (values.json || rows.length === 0) {
    print(`${values.json ? JSON.stringify(rows, null, 2) : none}\n`);
    return DONE;
  }
  const cells = rows.map((row) => {
    const fields: Readonly<Record<string, unknown>> = { ...row };
    return columns.map((column) => String(fields[column] ?? ''));
  });
  const headings = columns.map((heading) => ({ heading, width: 44 }));
  print(`${drawTable(headings, cells)}\n`);
  return DONE;
}
