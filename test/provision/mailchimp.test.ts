import { afterEach, describe, expect, test } from 'vitest';
import { createMailchimp, type Mailchimp, type MailchimpOptions } from '../vendors/mailchimp/mailchimp.ts';
import type { MergeField } from '../vendors/mailchimp/merge-values.ts';
import { type RunningVendor, serveVendor } from '../vendors/server.ts';
import { type Ran, ran } from './run.ts';

const NEEDED = [
  'FNAME',
  'LNAME',
  'PHONE',
  'AI_SEGMENT',
  'UPSELL',
  'LAST_TOUR',
  'NEXT_TOUR',
  'BOOKINGS',
  'LTV',
  'CHURN',
];
const SEGMENTS = [
  'corporate-group',
  'group',
  'family',
  'high-value-repeat',
  'returning',
  'lapsed',
  'at-risk',
  'win-back',
  'new',
].map((segment) => `segment Harborlight: ${segment}`);
const KEY = 'local-key-us1';

const running: RunningVendor[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

interface Desk {
  readonly vendor: Mailchimp;
  readonly server: RunningVendor;
  run(args?: readonly string[], environment?: Record<string, string>): Promise<Ran>;
  writes(): number;
  /** Makes a field of the audience other than it was. */
  alter(tag: string, change: Partial<MergeField>): void;
}

async function desk(options: MailchimpOptions = {}): Promise<Desk> {
  const vendor = createMailchimp(options);
  const server = await serveVendor(vendor);
  running.push(server);
  return {
    vendor,
    server,
    run: (args = [], environment = {}) =>
      ran(['mailchimp', ...args], {
        MAILCHIMP_API_URL: `${server.url}/3.0`,
        MAILCHIMP_API_KEY: KEY,
        MAILCHIMP_AUDIENCE_ID: 'audience01',
        ...environment,
      }),
    writes: () => server.requests.filter(({ method }) => method !== 'GET').length,
    alter: (tag, change) => {
      const audience = vendor.audience();
      audience.mergeFields = audience.mergeFields.map((field) => (field.tag === tag ? { ...field, ...change } : field));
    },
  };
}

/** An audience without any field but the first name. */
function onlyFirstName({ vendor }: Desk): void {
  const audience = vendor.audience();
  audience.mergeFields = audience.mergeFields.filter(({ tag }) => tag === 'FNAME');
}

describe('an audience that has everything', () => {
  test('is ok, in both ways of running, and nothing is written', async () => {
    const one = await desk();
    for (const args of [['--check'], []]) {
      const { code, rows } = await one.run(args);
      expect(code).toBe(0);
      const fields = NEEDED.map((tag) => `merge field ${tag}`);
      expect([...rows.keys()]).toEqual(['audience', 'double opt-in', ...fields, ...SEGMENTS]);
      expect([...rows.values()].every(({ state }) => state === 'ok')).toBe(true);
    }
    expect(one.writes()).toBe(0);
  });

  test.each([
    [true, 'pending'],
    [false, 'subscribed'],
  ])('says what double opt-in (%s) means', async (doubleOptIn, status) => {
    const { rows } = await (await desk({ doubleOptIn })).run(['--check']);
    expect(rows.get('double opt-in')).toMatchObject({ state: 'ok', note: expect.stringContaining(`become ${status}`) });
  });
});

describe('merge fields that are missing', () => {
  test('are named by --check, which creates none', async () => {
    const one = await desk();
    onlyFirstName(one);
    const { code, rows } = await one.run(['--check']);
    expect(code).toBe(1);
    expect(rows.get('merge field FNAME')?.state).toBe('ok');
    for (const tag of NEEDED.slice(1)) expect(rows.get(`merge field ${tag}`)?.state).toBe('missing');
    expect(one.writes()).toBe(0);
  });

  test('are created with their types, neither public nor required, and only once', async () => {
    const one = await desk();
    onlyFirstName(one);
    const first = await one.run();
    expect(first.code).toBe(0);
    expect(first.output).toContain('9 created');
    expect(first.rows.get('merge field LTV')?.state).toBe('created');
    const made = one.vendor.audience().mergeFields.slice(1);
    expect(Object.fromEntries(made.map(({ tag, type }) => [tag, type]))).toEqual({
      LNAME: 'text',
      PHONE: 'text',
      AI_SEGMENT: 'text',
      UPSELL: 'text',
      LAST_TOUR: 'date',
      NEXT_TOUR: 'date',
      BOOKINGS: 'number',
      LTV: 'number',
      CHURN: 'text',
    });
    expect(made.every((field) => !field.public && !field.required)).toBe(true);

    const second = await one.run();
    expect(second.code).toBe(0);
    expect(second.rows.get('merge field LTV')?.state).toBe('ok');
    expect(one.writes()).toBe(9);
  });

  test('are found among more fields than one page of Mailchimp holds by itself', async () => {
    const one = await desk();
    const audience = one.vendor.audience();
    const others = Array.from({ length: 15 }, (_, at) => ({ tag: `OTHER${at}`, merge_id: 100 + at }));
    const [like] = audience.mergeFields;
    if (like === undefined) throw new Error('the stand-in has no field to copy');
    audience.mergeFields = [...others.map((other) => ({ ...like, ...other })), ...audience.mergeFields];
    expect((await one.run(['--check'])).code).toBe(0);
  });

  test('that do not fit any more: as many as fit are made, the others stay missing with the reason', async () => {
    const one = await desk();
    const audience = one.vendor.audience();
    const [like] = audience.mergeFields;
    if (like === undefined) throw new Error('the stand-in has no field to copy');
    audience.mergeFields = Array.from({ length: 28 }, (_, at) => ({ ...like, tag: `OTHER${at}`, merge_id: 100 + at }));

    const check = await one.run(['--check']);
    expect(check.rows.get('room for merge fields')).toMatchObject({ state: 'wrong' });
    expect(check.rows.get('room for merge fields')?.note).toContain('28 are used and 10 more needed');

    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get('merge field LNAME')?.state).toBe('created');
    expect(rows.get('merge field PHONE')).toMatchObject({ state: 'missing', note: expect.stringContaining('plan') });
    expect(rows.get('room for merge fields')?.note).toContain('30 are used and 8 more needed');
  });

  test('that Mailchimp says it made but does not show stay missing', async () => {
    const one = await desk();
    const audience = one.vendor.audience();
    audience.mergeFields = audience.mergeFields.filter(({ tag }) => tag !== 'LTV');
    one.server.fault({ route: 'merge-field.post', status: 200, body: {} });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get('merge field LTV')?.state).toBe('missing');
  });
});

describe('segments', () => {
  /** As Mailchimp makes an audience, without anything of ours. */
  const fresh = () => desk({ mergeFields: 'mailchimp' });
  const saved = ({ vendor }: Desk) => vendor.audience().segments.filter(({ type }) => type === 'saved');

  test('that are missing are named by --check, which creates none', async () => {
    const one = await fresh();
    const { code, rows } = await one.run(['--check']);
    expect(code).toBe(1);
    for (const segment of SEGMENTS) expect(rows.get(segment)?.state).toBe('missing');
    expect(one.writes()).toBe(0);
  });

  test('are created after the field they look at, by its value, and only once', async () => {
    const one = await fresh();
    one.alter('PHONE', { options: {} });
    const first = await one.run();
    expect(first.code).toBe(0);
    expect(saved(one)).toHaveLength(9);
    expect(saved(one)).toContainEqual(
      expect.objectContaining({
        name: 'Harborlight: win-back',
        options: {
          match: 'all',
          conditions: [{ condition_type: 'TextMerge', field: 'AI_SEGMENT', op: 'is', value: 'win-back' }],
        },
      }),
    );
    expect(first.rows.get('segment Harborlight: win-back')).toMatchObject({ state: 'created' });
    const wrote = one.writes();
    const second = await one.run();
    expect(second.code).toBe(0);
    expect(second.rows.get('segment Harborlight: win-back')).toMatchObject({ state: 'ok', note: '' });
    expect(one.writes()).toBe(wrote);
  });

  test("whose conditions are the operator's own stay as they are", async () => {
    const one = await desk();
    const { segments } = one.vendor.audience();
    const at = segments.findIndex(({ name }) => name === 'Harborlight: lapsed');
    const options = {
      match: 'any',
      conditions: [{ condition_type: 'TextMerge', field: 'CHURN', op: 'is', value: 'high' }],
    };
    const lapsed = segments[at];
    if (lapsed === undefined) throw new Error('the stand-in lacks the segment');
    segments[at] = { ...lapsed, options };
    const { code, rows } = await one.run();
    expect(code).toBe(0);
    expect(rows.get('segment Harborlight: lapsed')?.note).toContain('your own');
    expect(segments[at]).toMatchObject({ options });
    expect(one.writes()).toBe(0);
  });

  test('that Mailchimp does not take stay missing with its reason, and the others are made', async () => {
    const one = await fresh();
    one.server.fault({
      route: 'segment.post',
      status: 400,
      body: { title: 'Invalid Resource', detail: 'too many segments' },
    });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get(SEGMENTS[0] ?? '')).toMatchObject({ state: 'missing', note: expect.stringContaining('too many') });
    expect(rows.get(SEGMENTS[1] ?? '')).toMatchObject({ state: 'created' });
  });
});

describe('merge fields that are wrong', () => {
  test.each([
    ['BOOKINGS', { type: 'text' }, 'of type text, needed is number'],
    ['NEXT_TOUR', { type: 'birthday' }, 'of type birthday, needed is date'],
    ['PHONE', { type: 'phone', options: { phone_format: 'US' } }, 'International'],
    ['FNAME', { required: true }, 'required'],
    ['CHURN', { public: true }, 'profile page'],
  ] as const)('%s %j is reported and never changed', async (tag, change, words) => {
    const one = await desk();
    one.alter(tag, change);
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get(`merge field ${tag}`)).toMatchObject({ state: 'wrong', note: expect.stringContaining(words) });
    expect(one.writes()).toBe(0);
  });

  test('a phone field that takes all numbers will do for PHONE, and names may be public', async () => {
    const one = await desk();
    one.alter('PHONE', { type: 'phone', options: { phone_format: 'none' }, public: true });
    one.alter('FNAME', { public: true });
    expect((await one.run()).code).toBe(0);
  });

  test("a required field of the operator's own would keep guests out", async () => {
    const one = await desk({ mergeFields: 'mailchimp' });
    one.alter('BIRTHDAY', { required: true });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get('merge field BIRTHDAY')?.state).toBe('wrong');
    expect(rows.get('merge field ADDRESS')).toBeUndefined();
  });
});

describe('an audience that cannot be reached', () => {
  test.each([
    ['another key', { MAILCHIMP_API_KEY: 'not-the-key-us1' }, 'MAILCHIMP_API_KEY'],
    ['another audience', { MAILCHIMP_AUDIENCE_ID: 'elsewhere' }, 'MAILCHIMP_AUDIENCE_ID'],
    ['another address', { MAILCHIMP_API_URL: 'http://127.0.0.1:1/3.0' }, 'MAILCHIMP_API_URL'],
  ])('%s: names what to check', async (_, environment, variable) => {
    const { code, rows } = await (await desk()).run([], environment);
    expect(code).toBe(1);
    expect(rows.get('audience')).toMatchObject({ state: 'wrong', note: expect.stringContaining(variable) });
  });

  test('something else that answers is not taken for Mailchimp', async () => {
    const one = await desk();
    one.server.fault({ route: 'list.get', status: 200, body: 'welcome' });
    const { code, rows } = await one.run(['--check']);
    expect(code).toBe(1);
    expect(rows.get('audience')?.note).toContain('MAILCHIMP_API_URL');
  });

  test('a busy Mailchimp is a matter of time', async () => {
    const one = await desk();
    one.server.fault({ route: 'merge-field.list', status: 429 });
    const { code, rows } = await one.run(['--check']);
    expect(code).toBe(1);
    expect(rows.get('audience')?.state).toBe('ok');
    expect(rows.get('merge fields')?.note).toContain('in a while');
  });
});

test('a key that comes back in a refusal is not printed', async () => {
  const one = await desk();
  onlyFirstName(one);
  const body = { title: 'Invalid Resource', status: 400, detail: `the key ${KEY} may not do this` };
  one.server.fault({ route: 'merge-field.post', status: 400, body });
  const { output } = await one.run();
  expect(output).toContain('may not do this');
  expect(output).not.toContain(KEY);
});
