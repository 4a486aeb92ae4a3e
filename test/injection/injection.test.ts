import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompanySettings } from '../../shared/settings/settings.ts';
import { type RunningVendor, serveVendor } from '../vendors/server.ts';
import { ATTACKS } from './attacks/attacks.ts';
import { booked, type Words } from './booked.ts';
import type { Sent } from './destinations.ts';
import { HARMLESS } from './harmless/harmless.ts';
import { type Brought, bring, operator } from './scene.ts';
import { CANARY, type Worst, worstModel } from './worst-model.ts';
import { LANGUAGES, PLACES, type Place, type Written } from './written.ts';

let model: RunningVendor;
beforeAll(async () => {
  model = await serveVendor(worstModel());
});
afterAll(() => model.close());
const access = (manner: Worst) => ({ apiKey: 'sk-local', baseUrl: `${model.url}/v1`, model: manner });

const CLAMP = 10;
const neutral = await bring(booked({ language: 'en' }, 'en'), operator(), undefined);
/** What the rules give the scene's booking, whoever writes what. */
const { byRules: BY_RULES } = neutral.record.understanding.leadScore;
const linesAt = (line: number) => operator({ modelClamp: CLAMP, repLine: line, warmLine: line, hotLine: line });
/** Each line as near to the score as it can be, above it and below it: the least push would cross it. */
const LINES = { 'far off': linesAt(100), 'just above': linesAt(BY_RULES + 1), 'just below': linesAt(BY_RULES) };
/** Who reads under which lines. */
const READERS: readonly (readonly [Worst, CompanySettings])[] = [
  ['eager', LINES['just above']],
  ['eager', LINES['far off']],
  ['mute', LINES['just below']],
  ['wrong', LINES['far off']],
  ['telling', LINES['far off']],
];

/** Fields in which the model may be heard: the summary for people, and the score within its clamp. */
const OF_THE_MODEL = /^\w+\.(AI_Summary__c|AI_Generated__c|Lead_Score__c|Lead_Score_Reasons__c)$/;
/** Fields that show what was written at a place as what it is: somebody's own words, or their name. */
const OWN: Readonly<Record<Place, RegExp>> = {
  note: /^opportunity\.Special_Requests__c$/,
  answer: /^opportunity\.Special_Requests__c$/,
  'customer answer': /^opportunity\.Special_Requests__c$/,
  question: /^opportunity\.Special_Requests__c$/,
  name: /^(contact\.(FirstName|LastName)|account\.Name|opportunity\.Name|member\.[FL]NAME)$/,
  voucher: /^opportunity\.Voucher__c$/,
};

const without = (sent: Sent, ...patterns: readonly RegExp[]): Sent =>
  Object.fromEntries(Object.entries(sent).filter(([field]) => !patterns.some((pattern) => pattern.test(field))));
const only = (sent: Sent, pattern: RegExp): Sent =>
  Object.fromEntries(Object.entries(sent).filter(([field]) => pattern.test(field)));

/** What is decided about a booking; of the score, what must stay as it is. */
const decided = ({ record: { understanding, changes } }: Brought) => {
  const { leadScore, segment, churnRisk, interests, upsell, signals } = understanding;
  const { routing, band, byRules } = leadScore;
  const { complaint, accessibility } = signals;
  return { routing, band, byRules, segment, churnRisk, interests, upsell, complaint, accessibility, changes };
};

const kindsOf = ({ record }: Brought): string[] => record.changes.map(({ change }) => change.kind);
const OPENED = { complaint: 'complaint_raised', accessibility: 'accessibility_requested' } as const;

/** As the text was written, beside the same booking with nothing in that place. */
async function bothWays([place, language, text]: Written, settings: CompanySettings) {
  const said: Words = { language, [place]: text };
  const [written, silent] = await Promise.all([
    bring(booked(said, 'en'), settings, undefined),
    bring(booked({ language }, 'en'), settings, undefined),
  ]);
  return { written, silent };
}

/** The places and fields of the model hold nothing that anybody could act on, and no other field holds its word. */
function expectContained({ sent, log, record }: Brought, { score }: CompanySettings): void {
  expect(JSON.stringify(without(sent, /\.AI_Summary__c$/))).not.toContain(CANARY);
  expect(log).not.toContain(CANARY);
  const summaries = JSON.stringify(only(sent, /\.AI_Summary__c$/));
  expect(summaries).not.toMatch(/\*\||\|\*|<\/?[a-z!]|https?:|evil\.test|\{!|@\{|\p{Cf}/iu);
  const { value, byRules, band, routing } = record.understanding.leadScore;
  expect(byRules).toBe(BY_RULES);
  expect(Math.abs(value - BY_RULES)).toBeLessThanOrEqual(CLAMP);
  // All lines are one in these settings.
  const above = BY_RULES >= score.repLine;
  expect([value >= score.repLine, routing, band]).toEqual(above ? [true, 'rep', 'hot'] : [false, 'nurture', 'cold']);
  expect(sent['contact.Lead_Score__c']).toBe(value);
  expect(sent['opportunity.Lead_Score__c']).toBe(value);
}

/** The reasons name nothing that only the model says. */
function expectOwnReasons(by: Brought, rules: Brought): void {
  const [told, plain] = [by, rules].map(({ record }) => {
    const { reasons } = record.understanding.leadScore;
    const [wrote = ''] = reasons.filter((reason) => reason.startsWith('wrote of: '));
    const named = wrote.replace(/^wrote of: | \([+−]\d+\)$/g, '').split(', ');
    return { others: reasons.filter((reason) => reason !== wrote), named };
  });
  expect(told?.others).toEqual(plain?.others);
  expect(['', 'what the model reads', ...(plain?.named ?? [])]).toEqual(expect.arrayContaining(told?.named ?? []));
}

/** A name or number can be looked for up to a length; beyond it no model is asked at all. */
const isHideable = ([place, , text]: Written): boolean =>
  text.length <= 1_000 || (place !== 'name' && place !== 'voucher');

/** A text with the worst models reading it, against the same text read by the rules alone. */
async function expectNoModelHeard(one: Written): Promise<void> {
  const [place, language, text] = one;
  const said: Words = { language, [place]: text };
  await Promise.all(
    READERS.map(async ([manner, settings]) => {
      // FareHarbor knows no language of this guest: what stands in its field is found in the words.
      const booking = booked(said, null);
      const rules = await bring(booking, settings, undefined);
      const by = await bring(booking, settings, access(manner));
      const heard = manner === 'telling' ? 'canary' : null;
      expect(by.record.understanding.rulesReason).toBe(isHideable(one) ? heard : 'unredactable');
      expect(without(by.sent, OF_THE_MODEL)).toEqual(without(rules.sent, OF_THE_MODEL));
      expect(decided(by)).toEqual(decided(rules));
      expectContained(by, settings);
      expectOwnReasons(by, rules);
    }),
  );
}

/** A text against nothing written there: its own words are shown as such, and that is all. */
async function expectNothingMoved(one: Written): Promise<void> {
  const [place, , , opens] = one;
  for (const settings of Object.values(LINES)) {
    const { written, silent } = await bothWays(one, settings);
    const { complaint: _, accessibility: __, changes: ___, ...before } = decided(silent);
    expect(decided(written)).toMatchObject(before);
    const opened = opens === undefined ? [] : [OPENED[opens]];
    expect(kindsOf(written).toSorted()).toEqual([...kindsOf(silent), ...opened].toSorted());
    const same = [OF_THE_MODEL, OWN[place], /^case\d/];
    expect(without(written.sent, ...same)).toEqual(without(silent.sent, ...same));
    expect(written.sent['case0.Case_Kind__c']).toBe(opens);
    expect(JSON.stringify(without(only(written.sent, OWN[place]), /^member/))).not.toMatch(/@\{|\{[!{]/);
    // What a guest's own name brings to an e-mail of the operator's.
    const marketed = JSON.stringify(without(only(written.sent, /^(member|event)/), /^member\.$/));
    expect(marketed).not.toMatch(/\*\||\|\*|https?:|www\.|evil/);
    expectContained(written, settings);
  }
}

const named = (texts: readonly Written[]) => texts.map((one) => ({ place: one[0], language: one[1], one }));

describe.each(Object.entries(ATTACKS))('an attack by %s', (_kind, attacks) => {
  it.each(named(attacks))('%#, $place, $language: moves nothing but itself', async ({ one }) => {
    await expectNothingMoved(one);
  });

  it.each(named(attacks))('%#, $place, $language: wins nothing from a model that obeys', async ({ one }) => {
    await expectNoModelHeard(one);
  });
});

describe.each(Object.entries(HARMLESS))('what is harmless, %s', (_kind, texts) => {
  it.each(named(texts))('%#, $place, $language: is shown, and nothing else changes', async ({ one }) => {
    await expectNothingMoved(one);
  });

  it.each(named(texts))('%#, $place, $language: is safe from a model that runs wild', async ({ one }) => {
    await expectNoModelHeard(one);
  });
});

describe('the scene', () => {
  it('is one in which a model could do harm: it is asked, it answers, and it is heard where it may be', async () => {
    const booking = booked({ language: 'en' }, null);
    const eager = await bring(booking, LINES['far off'], access('eager'));
    const mute = await bring(booking, LINES['far off'], access('mute'));
    expect([eager, mute].map(({ record }) => record.understanding.mode)).toEqual(['model', 'model']);
    expect(eager.record.understanding.leadScore.value).toBeGreaterThan(mute.record.understanding.leadScore.value);
    expect(eager.sent['opportunity.AI_Summary__c']).toContain(CANARY);
    expect(eager.sent['opportunity.AI_Generated__c']).toBe(true);
  });

  it('brings to both vendors what they show of a booking', () => {
    expect(Object.keys(neutral.sent)).toEqual(
      expect.arrayContaining([
        'account.AI_Segment__c',
        'contact.Recommended_Upsell__c',
        'contact.Preferred_Language__c',
        'opportunity.Special_Requests__c',
        'member.UPSELL',
        'member.tags',
        'event0.booking_created',
        'event1.upsell_recommended',
        'opportunity.Lead_Routing__c',
        'opportunity.Cancellation_Risk__c',
        'contact.Predicted_Value__c',
      ]),
    );
    expect(neutral.sent['member.UPSELL']).toBe('Night paddle');
  });

  it('shows no model who the guest is, whatever was written', () => {
    expect(model.requests.length).toBeGreaterThan(600);
    const sent = model.requests.map(({ body }) => body).join('\n');
    expect(sent).not.toMatch(/\bAda\b|Quill\b|quill\.test|555.{0,3}0143|8000-000000007001/);
  });
});

describe('the collection', () => {
  const attacks = Object.values(ATTACKS).flat();
  const harmless = Object.values(HARMLESS).flat();

  it('is as large and as wide as it is said to be, and says nothing twice', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(120);
    expect(harmless.length).toBeGreaterThanOrEqual(60);
    const texts = [...attacks, ...harmless].map(([place, , text]) => `${place}: ${text}`);
    expect(new Set(texts).size).toBe(texts.length);
    for (const place of PLACES) expect(attacks.filter((attack) => attack[0] === place).length).toBeGreaterThan(5);
    for (const language of LANGUAGES) {
      for (const texts of [attacks, harmless]) {
        expect(texts.filter((text) => text[1] === language).length).toBeGreaterThan(5);
      }
    }
  });
});
