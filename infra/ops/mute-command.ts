import { agreed, type Call, Misuse, NOT_DONE, signatureOf, tell } from './call.ts';
import { alarmsOf, atMinute, MOST_MINUTES, mute as muteAlarms, unmute as unmuteAlarms } from './mute.ts';

/** Has all alarms of the stage tell nobody for a while: for a deployment. */
export async function mute(call: Call): Promise<number> {
  const { stage, values, complain } = call;
  const minutes = minutesOf(values.for);
  const alarms = await alarmsOf(stage.cloudwatch, values.stage);
  if (alarms.length === 0) {
    complain(`There are no alarms of ${values.stage} in this account and region.\n`);
    return NOT_DONE;
  }
  if (!(await agreed(call, `Tell nobody of ${alarms.length} alarms of ${values.stage} for ${minutes} minutes?`))) {
    return NOT_DONE;
  }
  const by = signatureOf(values);
  const muted = await muteAlarms(stage.cloudwatch, values.stage, { alarms, minutes, by, now: new Date() });
  const [from, until] = [atMinute(muted.from), atMinute(muted.until)];
  return tell(
    call,
    { ...muted, from: muted.from.toISOString(), until: muted.until.toISOString() },
    [
      `${muted.alarms} alarms tell nobody from ${from} to ${until} UTC; "npm run ops -- unmute --stage ${values.stage}" ends it earlier.`,
      'Alarms go on and off meanwhile, and the dashboard shows it. What is on at the end is told of then, dead letters too;',
      'what went on and off in between is told to nobody: look at the dashboard when you are done.',
    ].join('\n'),
  );
}

/** Lets them tell again. */
export async function unmute(call: Call): Promise<number> {
  const rules = await unmuteAlarms(call.stage.cloudwatch, call.values.stage);
  const text = rules === 0 ? 'Nothing was muted.' : 'The alarms tell again. What is on now, the dashboard shows.';
  return tell(call, { rules }, text);
}

/** @throws Misuse where it is no time, or too long a one. */
function minutesOf(given: string | undefined): number {
  const [, number, unit] = /^(\d{1,4})(m|h)$/.exec(given ?? '') ?? [];
  const minutes = Number(number) * (unit === 'h' ? 60 : 1);
  if (minutes >= 1 && minutes <= MOST_MINUTES) return minutes;
  throw new Misuse(`mute needs --for with a time from 1m to ${MOST_MINUTES / 60}h, such as --for 20m.`);
}
