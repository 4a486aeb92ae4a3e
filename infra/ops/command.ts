import * as z from 'zod';
import { ACTIONS, MODES } from '../../shared/acts/act.ts';
import { bookingUuidSchema } from '../../shared/booking/booking.ts';
import { type Behind, listAttention } from './attention.ts';
import {
  agreed,
  type Call,
  type Command,
  DONE,
  MISUSED,
  Misuse,
  NOT_DONE,
  oneOf,
  parse,
  show,
  signatureOf,
  type Terminal,
  tell,
} from './call.ts';
import { type Deployed, QUEUES, SINKS } from './deployed.ts';
import { repair, replay } from './hints.ts';
import { mute, unmute } from './mute-command.ts';
import { removePause, writePause } from './pause.ts';
import { listQuarantine, readQuarantined } from './quarantine.ts';
import { recover } from './recover.ts';
import { redrive } from './redrive.ts';
import { approve, edit, reject, reviews } from './reviews-command.ts';
import { settings } from './settings-command.ts';
import { showRecord } from './show-command.ts';
import { status } from './status.ts';
import { endRotation, rotateKey } from './webhook-key.ts';
import { why } from './why-command.ts';

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

  settings             how far what is driven by AI may go, and who has stopped it; [--company x]
  settings set <action> <mode> --company x (asks first)
                       actions: ${ACTIONS.join(', ')}; modes: ${MODES.join(', ')};
                       [--min-score n] [--items pk,pk] [--segments a,b] [--reason "…"] [--by name]
  settings reset <action> --company x (asks first)
                       as the deployed settings say again
  settings kill        stops all that is driven by AI within a minute; [--company x] [--reason "…"] [--by name]
  settings unkill      lets it go on (asks first); [--company x]
  settings log         who has changed what, and when; [--company x]
  why <uuid>           what was decided about a booking, from which facts, and what was written where
  show <uuid>          a booking's record as it is kept, unpacked (it holds personal data)
  reviews              what waits for a person's yes; [--company x]
  approve <review>     lets it be written; edit <review> --value "…" another value; reject <review> nothing; [--by name]

  mute --for 20m       has no alarm tell anybody for so long, two hours at most: for a deployment (asks first)
  unmute               lets them tell again

  rotate-key           makes a new key for webhooks; the one before stays valid; [--company name] (asks first)
  end-rotation         makes that one invalid, once FareHarbor calls with the new one (asks first)

  --yes                does not ask. --json prints JSON.

It uses your AWS credentials and region; on this machine, "npm start" prints the line to use.
`;

export type { Terminal };

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
    const [name, ...words] = positionals;
    const command = name === undefined ? undefined : COMMANDS.get(name);
    if (values.help || command === undefined || words.length > command.takes) {
      if (values.help) terminal.print(HELP);
      else terminal.complain(HELP);
      return values.help ? DONE : MISUSED;
    }
    const stage = reach(values.stage);
    try {
      const [argument, ...more] = words;
      return await command.run({ ...terminal, stage, values, argument, more });
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

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['status', { takes: 0, run: tellStatus }],
  ['lagging', { takes: 0, run: lagging }],
  ['parked', { takes: 0, run: parked }],
  ['quarantine', { takes: 1, run: quarantine }],
  ['repair', { takes: 1, run: repairOne }],
  ['replay', { takes: 0, run: replaySince }],
  ['recover', { takes: 0, run: recoverAll }],
  ['redrive', { takes: 1, run: redriveQueue }],
  ['pause', { takes: 1, run: pause }],
  ['resume', { takes: 1, run: resume }],
  ['mute', { takes: 0, run: mute }],
  ['unmute', { takes: 0, run: unmute }],
  ['rotate-key', { takes: 0, run: rotateWebhookKey }],
  ['end-rotation', { takes: 0, run: endKeyRotation }],
  ['settings', { takes: 3, run: settings }],
  ['why', { takes: 1, run: why }],
  ['show', { takes: 1, run: showRecord }],
  ['reviews', { takes: 0, run: reviews }],
  ['approve', { takes: 1, run: approve }],
  ['edit', { takes: 1, run: edit }],
  ['reject', { takes: 1, run: reject }],
]);

async function tellStatus(call: Call): Promise<number> {
  return show(call, await status(call.stage), ['what', 'count', 'oldest', 'note'], 'Nothing is there.');
}

async function lagging(call: Call): Promise<number> {
  return show(call, await attention(call, 'lagging'), BEHIND, 'Every booking is in every destination.');
}

async function parked(call: Call): Promise<number> {
  const columns = ['uuid', 'company', 'sink', 'since', 'reason', 'remedy'];
  return show(call, await attention(call, 'parked'), columns, 'Nothing is parked.');
}

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
  const { reason = 'no reason given' } = call.values;
  const pauseOf = { id: sink, by: signatureOf(call.values), since: new Date().toISOString(), reason };
  await writePause(call.stage.dynamo, call.stage.tables.operations, pauseOf);
  return tell(call, pauseOf, `${sink} stops within a minute; "npm run ops -- resume ${sink}" lets it go on.`);
}

async function resume(call: Call): Promise<number> {
  const sink = oneOf(SINKS, call.argument, 'resume needs a destination');
  const resumed = await removePause(call.stage.dynamo, call.stage.tables.operations, sink);
  const text = resumed ? `${sink} goes on; what waited arrives within a minute or two.` : `${sink} was not paused.`;
  return tell(call, { sink, resumed }, text);
}

async function rotateWebhookKey(call: Call): Promise<number> {
  const { stage, values, complain } = call;
  if (!(await agreed(call, 'Make a new key for webhooks, with the present one valid beside it?'))) return NOT_DONE;
  const rotation = await rotateKey(stage.secrets, stage.webhookSecretId, values.company);
  if (rotation.kind === 'unknown-company') {
    complain(`The secret ${stage.webhookSecretId} has no key of its own for ${values.company}.\n`);
    return NOT_DONE;
  }
  if (rotation.kind === 'under-way') {
    complain(`An earlier rotation is not ended: "npm run ops -- end-rotation --stage ${values.stage}" first.\n`);
    return NOT_DONE;
  }
  const then = `Have FareHarbor support enter the address with it, then "npm run ops -- end-rotation --stage ${values.stage}".`;
  return tell(call, { key: rotation.key }, `The new key, valid within a minute: ${rotation.key}\n${then}`);
}

async function endKeyRotation(call: Call): Promise<number> {
  const { stage, values } = call;
  const question = 'Make the previous key invalid? Whoever still calls with it is shut out.';
  if (!(await agreed(call, question))) return NOT_DONE;
  const ended = await endRotation(stage.secrets, stage.webhookSecretId, values.company);
  return tell(call, { ended }, ended ? 'The previous key is invalid within a minute.' : 'No rotation was under way.');
}
