import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ops } from '../../../infra/ops/command.ts';
import { deployed } from '../../../infra/ops/deployed.ts';
import { alarmsOf, mute, unmute } from '../../../infra/ops/mute.ts';
import { startCloudWatch } from './cloudwatch.ts';

const names = (stage: string, count: number) => Array.from({ length: count }, (_, n) => `harborlight-${stage}-a${n}`);
const ALL = [...names('prod', 130), 'harborlight-prod-destination-behind'];

let cloudwatch: Awaited<ReturnType<typeof startCloudWatch>>;
beforeEach(async () => {
  cloudwatch = await startCloudWatch(
    new Map([
      ...names('prod', 130).map((name) => [name, 'MetricAlarm'] as const),
      ['harborlight-prod-destination-behind', 'CompositeAlarm'],
      ...names('dev', 3).map((name) => [name, 'MetricAlarm'] as const),
      ['somebody-elses', 'MetricAlarm'],
    ]),
  );
});
afterEach(() => cloudwatch.close());

/** Runs the command as a person would. */
async function run(...args: string[]) {
  let [out, err] = ['', ''];
  const terminal = {
    print: (text: string | Uint8Array) => {
      out += String(text);
    },
    complain: (text: string) => {
      err += text;
    },
    confirm: async () => undefined,
  };
  const reach = () => ({ ...deployed('prod'), cloudwatch: cloudwatch.client, close: () => {} });
  const code = await ops([...args, '--stage', 'prod'], reach, terminal);
  return { code, out, err };
}

const saidSchema = z.object({ alarms: z.int(), from: z.iso.datetime(), until: z.iso.datetime() });

describe('mute', () => {
  it('finds every alarm of the stage, those for several too, and no other’s', async () => {
    expect([...(await alarmsOf(cloudwatch.client, 'prod'))].sort()).toEqual([...ALL].sort());
  });

  it('begins with the next full minute, and ends by itself', async () => {
    const now = new Date('2026-11-21T12:00:30.500Z');
    const muted = await mute(cloudwatch.client, 'prod', { alarms: ALL, minutes: 20, by: 'kim', now });
    expect(muted).toEqual({
      alarms: 131,
      from: new Date('2026-11-21T12:01:00Z'),
      until: new Date('2026-11-21T12:21:00Z'),
    });
    const mutedAt = (time: string) => cloudwatch.mutedAt(new Date(`2026-11-21T${time}Z`)).length;
    expect(['12:00:59', '12:01:00', '12:20:59', '12:21:00'].map(mutedAt)).toEqual([0, 131, 131, 0]);
    // A rule takes a hundred alarms.
    expect([...cloudwatch.rules.keys()]).toEqual(['harborlight-prod-mute-1', 'harborlight-prod-mute-2']);
  });

  it('never begins in the minute that has begun', async () => {
    const now = new Date('2026-11-21T12:00:00.000Z');
    const { from } = await mute(cloudwatch.client, 'prod', { alarms: ALL, minutes: 1, by: 'kim', now });
    expect(from).toEqual(new Date('2026-11-21T12:01:00Z'));
  });

  it('asked again, replaces what was asked before', async () => {
    const now = new Date();
    await mute(cloudwatch.client, 'prod', { alarms: ALL, minutes: 120, by: 'kim', now });
    await mute(cloudwatch.client, 'prod', { alarms: ALL, minutes: 5, by: 'kim', now });
    expect(cloudwatch.rules.size).toBe(2);
    expect(cloudwatch.mutedAt(new Date(now.getTime() + 7 * 60_000))).toEqual([]);
  });

  it('is taken away by unmute, but not what somebody else muted', async () => {
    const now = new Date();
    await mute(cloudwatch.client, 'prod', { alarms: ALL, minutes: 5, by: 'kim', now });
    await mute(cloudwatch.client, 'dev', { alarms: names('dev', 3), minutes: 5, by: 'kim', now });
    expect(await unmute(cloudwatch.client, 'prod')).toBe(2);
    expect([...cloudwatch.rules.keys()]).toEqual(['harborlight-dev-mute-1']);
    expect(await unmute(cloudwatch.client, 'prod')).toBe(0);
  });
});

describe('npm run ops -- mute', () => {
  it('says how many, until when, and what is told all the same', async () => {
    const before = Date.now();
    const { code, out } = await run('mute', '--for', '20m', '--yes');
    expect(code).toBe(0);
    expect(out).toMatch(/^131 alarms tell nobody from \S+ to \S+ UTC; .*unmute --stage prod/);
    expect(out).toContain('What is on at the end is told of then');
    const said = saidSchema.parse(JSON.parse((await run('mute', '--for', '2h', '--yes', '--json')).out));
    expect(Date.parse(said.until) - Date.parse(said.from)).toBe(120 * 60_000);
    expect(Date.parse(said.from) - before).toBeLessThanOrEqual(2 * 60_000);
    expect((await run('unmute')).out).toContain('The alarms tell again');
    expect((await run('unmute')).out).toContain('Nothing was muted');
  });

  it.each(['121m', '3h', '0m', '20', '-5m', '1d', ''])('refuses --for %j', async (given) => {
    const { code, err } = await run('mute', `--for=${given}`, '--yes');
    expect({ code, rules: cloudwatch.rules.size }).toEqual({ code: 2, rules: 0 });
    expect(err).toContain('from 1m to 2h');
  });

  it('does nothing where nobody agrees, and says where there is nothing to mute', async () => {
    expect(await run('mute', '--for', '20m')).toMatchObject({ code: 1 });
    expect(cloudwatch.rules.size).toBe(0);
    await cloudwatch.close();
    cloudwatch = await startCloudWatch(new Map());
    const { code, err } = await run('mute', '--for', '20m', '--yes');
    expect({ code, err }).toEqual({ code: 1, err: 'There are no alarms of prod in this account and region.\n' });
  });
});
