import {
  type CloudWatchClient,
  DeleteAlarmMuteRuleCommand,
  PutAlarmMuteRuleCommand,
  paginateDescribeAlarms,
  paginateListAlarmMuteRules,
} from '@aws-sdk/client-cloudwatch';

/** For how long alarms tell nobody. */
export interface Mute {
  readonly alarms: number;
  readonly from: Date;
  readonly until: Date;
}

/** Longer than any deployment takes: who wants more asks again, awake. */
export const MOST_MINUTES = 120;
/** Alarms that one rule can name. */
const ALARMS_OF_A_RULE = 100;
const MINUTE_MS = 60_000;

const alarmPrefix = (stage: string): string => `harborlight-${stage}-`;
const rulePrefix = (stage: string): string => `harborlight-${stage}-mute-`;

/** The names of all alarms of a stage, those that stand for several among them. */
export async function alarmsOf(client: CloudWatchClient, stage: string): Promise<readonly string[]> {
  const pages = paginateDescribeAlarms(
    { client },
    { AlarmNamePrefix: alarmPrefix(stage), AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
  );
  const names: string[] = [];
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
    names.push(...[...MetricAlarms, ...CompositeAlarms].flatMap(({ AlarmName }) => AlarmName ?? []));
  }
  return names;
}

/**
 * Has these alarms tell nobody from the next full minute on (a rule's times have no seconds). They go on and off as
 * ever; whoever is still on at the end is told of then. It ends by itself, whatever becomes of whoever asked for it.
 *
 * @param minutes 1 to 120.
 * @throws what CloudWatch answers; then some of the alarms may be muted, for no longer than asked.
 */
export async function mute(
  client: CloudWatchClient,
  stage: string,
  { alarms, minutes, by, now }: { alarms: readonly string[]; minutes: number; by: string; now: Date },
): Promise<Mute> {
  const from = new Date(Math.ceil((now.getTime() + 1) / MINUTE_MS) * MINUTE_MS);
  const until = new Date(from.getTime() + minutes * MINUTE_MS);
  for (let first = 0; first < alarms.length; first += ALARMS_OF_A_RULE) {
    const rule = new PutAlarmMuteRuleCommand({
      Name: `${rulePrefix(stage)}${1 + first / ALARMS_OF_A_RULE}`,
      Description: `by ${by}, with npm run ops`.slice(0, 1024),
      Rule: { Schedule: { Expression: `at(${atMinute(from)})`, Duration: `PT${minutes}M`, Timezone: 'UTC' } },
      MuteTargets: { AlarmNames: alarms.slice(first, first + ALARMS_OF_A_RULE) },
      ExpireDate: until,
    });
    await client.send(rule);
  }
  return { alarms: alarms.length, from, until };
}

/** Takes a stage's own mute rules away; those that somebody made by hand stay. @returns how many there were. */
export async function unmute(client: CloudWatchClient, stage: string): Promise<number> {
  const pages = paginateListAlarmMuteRules({ client }, { Statuses: ['SCHEDULED', 'ACTIVE'] });
  const own: string[] = [];
  for await (const { AlarmMuteRuleSummaries = [] } of pages) {
    const names = AlarmMuteRuleSummaries.map(({ AlarmMuteRuleArn = '' }) => AlarmMuteRuleArn.split(':').at(-1) ?? '');
    own.push(...names.filter((name) => name.startsWith(rulePrefix(stage))));
  }
  for (const AlarmMuteRuleName of own) await client.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName }));
  return own.length;
}

/** `2026-11-21T22:40`, in UTC. */
export function atMinute(at: Date): string {
  return at.toISOString().slice(0, 16);
}
