import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parseAlarmSettings } from '../../infra/settings/alarm-settings.ts';
import { exampleSettings } from '../../infra/settings/example.ts';
import { DEFAULTS, MORE } from '../../infra/settings/reference.ts';
import { companySettingsSchema, parseSettings } from '../../shared/settings/settings.ts';
import { copyProject } from './project-copy.ts';
import { isObject } from './spec/intrinsics.ts';

const folder = mkdtempSync(join(tmpdir(), 'harborlight-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The names of all settings that the schema knows, such as `score.weights.base`; entries of lists and maps as `*`. */
function namesOf(schema: unknown, path = ''): string[] {
  if (!isObject(schema)) return [];
  const { properties, items, additionalProperties, anyOf } = schema;
  const own = Object.entries(isObject(properties) ? properties : {}).flatMap(([name, inside]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [at, ...namesOf(inside, at)];
  });
  const several = [items, additionalProperties].flatMap((inside) => namesOf(inside, `${path}.*`));
  return [...own, ...several, ...(Array.isArray(anyOf) ? anyOf.flatMap((one) => namesOf(one, path)) : [])];
}

/** The names of all settings that are given, in the same form. */
function givenIn(value: unknown, known: ReadonlySet<string>, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => givenIn(one, known, `${path}.*`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inside]) => {
    const named = path === '' ? key : `${path}.${key}`;
    const at = known.has(named) ? named : `${path}.*`;
    return [at, ...givenIn(inside, known, at)];
  });
}

describe('the reference of settings', () => {
  test('says of each default what it is', () => {
    const { companies } = parseSettings({ companies: { one: { name: DEFAULTS.name } } });
    expect(DEFAULTS).toEqual(companies.one);
  });

  test('can be used as it stands', () => {
    expect(() => parseSettings({ companies: { one: DEFAULTS, other: MORE } })).not.toThrow();
  });

  test('names every setting there is', () => {
    const names = namesOf(z.toJSONSchema(companySettingsSchema, { io: 'input' }));
    const known = new Set(names);
    expect(names).toContain('score.weights.partySize');
    expect(names).toContain('catalogue.*.closed.*.from');
    expect(names).toContain('risk.model.cancellation.terms.*.weight');
    const given = new Set([...givenIn(DEFAULTS, known), ...givenIn(MORE, known)]);
    expect(names.filter((name) => !given.has(name))).toEqual([]);
  });
});

test('the example’s two companies are complete, and differ only in what they say', () => {
  const { companies } = parseSettings(exampleSettings);
  const [kayaks, mouette] = [companies['harbor-kayaks'], companies['bateau-mouette']];
  expect(Object.keys(companies)).toHaveLength(2);
  expect(kayaks?.salesforce).toEqual(DEFAULTS.salesforce);
  expect(mouette?.salesforce).toEqual({
    ...DEFAULTS.salesforce,
    orgCurrency: 'EUR',
    stages: { ...DEFAULTS.salesforce?.stages, won: 'Gagnée' },
  });
  expect([kayaks?.mailchimp.enabled, mouette?.mailchimp.enabled]).toEqual([true, false]);
  expect([kayaks?.model.enabled, mouette?.model.enabled]).toEqual([true, false]);
});

describe('what is said of alarms', () => {
  test('may be left out', () => {
    expect(parseAlarmSettings({})).toMatchObject({ pageEmails: [], queueAgeMinutes: 5, silenceHours: 24 });
  });

  test.each([
    [{ pageEmails: ['on-call@harborlight.test', 'on call'] }, 'pageEmails.1: is not an e-mail address'],
    [{ pageEmail: ['on-call@harborlight.test'] }, 'value: Unrecognized key: "pageEmail"'],
    [{ silenceHours: 25 }, 'silenceHours: Too big: expected number to be <=24'],
    [{ runbookUrl: 'RUNBOOK.md' }, 'runbookUrl: is not an address'],
  ])('%j is refused by its name', (settings, words) => {
    expect(() => parseAlarmSettings(settings)).toThrow(`alarm settings: ${words}`);
  });
});

describe('wrong settings end a synthesis', () => {
  const project = copyProject(join(folder, 'project'));

  /** What a synthesis of prod prints with this file. @throws where it succeeds. */
  async function refusal(settings: string, alarms = '{}'): Promise<string> {
    const file = `export const prodSettings = ${settings};\nexport const prodAlarms = ${alarms};\n`;
    writeFileSync(join(project, 'infra', 'settings', 'prod.ts'), file);
    const env = { ...process.env, HARBORLIGHT_STAGE: 'prod', CDK_OUTDIR: join(folder, 'out') };
    const run = promisify(execFile)(process.execPath, ['infra/app.ts'], { cwd: project, env });
    const failedSchema = z.object({ code: z.literal(1), stderr: z.string() });
    return run.then(
      () => {
        throw new Error('it was synthesized');
      },
      (error: unknown) => failedSchema.parse(error).stderr,
    );
  }

  test.each([
    ['{ companies: { kayaks: {} } }', 'companies.kayaks.name: Invalid input: expected string, received undefined'],
    [
      "{ companies: { kayaks: { name: 'Kayaks', salesforce: { orgCurency: 'EUR' } } } }",
      'companies.kayaks.salesforce: Unrecognized key: "orgCurency"',
    ],
    [
      "{ companies: { kayaks: { name: 'Kayaks', catalogue: [{ id: 'Sunset Tour', name: 'Sunset' }] } } }",
      'companies.kayaks.catalogue.0.id: lower-case letters, digits and dashes, at most 40',
    ],
    [
      "{ companies: { one: { name: 'One', model: { timeoutMs: '4 s' } }, other: { name: '' } } }",
      'companies.one.model.timeoutMs: Invalid input: expected number, received string; companies.other.name: Too small',
    ],
  ])('%s, each by its name and without lines of code', async (settings, words) => {
    const printed = await refusal(settings);
    expect(printed).toContain(`settings: ${words}`);
    expect(printed).toContain('reference.ts');
    expect(printed).not.toMatch(/at \w+ \(|file:\/\//);
  });

  test('an address that is none', async () => {
    const printed = await refusal("{ companies: { kayaks: { name: 'Kayaks' } } }", "{ pageEmails: ['on-call'] }");
    expect(printed).toContain('alarm settings: pageEmails.0: is not an e-mail address');
  });
});
