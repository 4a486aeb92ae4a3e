import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, type Act, type Action, MODES, type Policy } from '../../../shared/acts/act.ts';
import { decide, type Reviews, reviewsAsked, standOf } from '../../../shared/acts/decide.ts';
import { mergePolicies, type Policies } from '../../../shared/acts/policies.ts';
import { digestOf, proposalOf } from '../../../shared/acts/proposal.ts';
import { type Review, type ReviewState, reviewId } from '../../../shared/acts/review.ts';
import { shownOf, writableAct } from '../../../shared/acts/shown.ts';
import { segmentSchema } from '../../../shared/understanding/understanding.ts';
import { anUnderstanding, aRecord } from '../crm-sync/record-fixture.ts';
import { AUTOMATIC } from './automatic.ts';

const AT = '2026-12-01T12:00:00.000Z';
const KILL = { by: 'kai', since: AT, reason: 'a test' };
const withPolicy = (action: Action, policy: Policy): Policies => ({
  ...AUTOMATIC,
  of: { ...AUTOMATIC.of, [action]: policy },
});
const assisted = (action: Action) => withPolicy(action, { mode: 'assisted' });
const scored = (byRules: number, value = byRules) =>
  aRecord({}, { understanding: { ...anUnderstanding, leadScore: { ...anUnderstanding.leadScore, byRules, value } } });

function reviewIn(state: ReviewState, action: Action, more: Partial<Review> = {}): Reviews {
  const record = aRecord();
  const proposal = proposalOf(action, record.understanding);
  if (proposal === null) throw new TypeError('nothing is proposed');
  const id = reviewId(record.uuid, action, digestOf(proposal));
  const { uuid, company, version } = record;
  const asked = { id, uuid, company, version, action, proposal, state, madeAt: AT, revision: 1 };
  return new Map([[id, { ...asked, by: 'ana', at: AT, ...more }]]);
}
const actOf = (acts: Readonly<Partial<Record<Action, Act>>>, action: Action): Act => {
  const act = acts[action];
  if (act === undefined) throw new TypeError(`nothing was decided about ${action}`);
  return act;
};

describe('policies', () => {
  it('are automatic for score, segment and tag, and show only themselves for the rest, where nobody says otherwise', () => {
    const { of, killed } = mergePolicies({}, {}, undefined);
    expect(Object.fromEntries(ACTIONS.map((action) => [action, of[action].mode]))).toEqual({
      score: 'automatic',
      segment: 'automatic',
      tag: 'automatic',
      route: 'shadow',
      summary: 'shadow',
      event: 'shadow',
    });
    expect(killed).toBeUndefined();
  });

  it('of the table come before those of the settings, each as a whole', () => {
    const { of } = mergePolicies(
      { summary: { mode: 'automatic', minScore: 60 }, route: { mode: 'assisted' } },
      { summary: { mode: 'assisted' } },
      undefined,
    );
    expect(of.summary).toEqual({ mode: 'assisted' });
    expect(of.route).toEqual({ mode: 'assisted' });
  });
});

describe('what is decided', () => {
  it.each([
    ['off', 'nothing'],
    ['shadow', 'shadow'],
    ['assisted', 'review'],
    ['automatic', 'write'],
  ] as const)('in mode %s is: %s', (mode, does) => {
    const acts = decide(aRecord(), withPolicy('summary', { mode }));
    expect(acts.summary).toMatchObject({ mode, does });
    expect(acts.score).toMatchObject({ does: 'write' });
  });

  it('below the threshold is only shown here, whatever a model adds to the score', () => {
    const policies = withPolicy('route', { mode: 'automatic', minScore: 60 });
    expect(decide(scored(59, 69), policies).route).toMatchObject({ does: 'shadow', mode: 'automatic' });
    expect(decide(scored(60, 50), policies).route).toMatchObject({ does: 'write' });
  });

  it('outside the pilot is only shown here', () => {
    const { booking, understanding } = aRecord();
    const items = [booking.item.pk ?? 0];
    const stand = (policy: Policy) => standOf('tag', aRecord(), withPolicy('tag', policy)).does;
    expect(stand({ mode: 'automatic', items })).toBe('write');
    expect(stand({ mode: 'automatic', items: [1] })).toBe('shadow');
    expect(stand({ mode: 'automatic', segments: [understanding.segment] })).toBe('write');
    expect(stand({ mode: 'automatic', segments: ['family'] })).toBe('shadow');
    expect(stand({ mode: 'assisted', items: [1] })).toBe('shadow');
  });

  it('writes nothing, asks nobody and tells nobody while all AI is stopped, whatever the policies', () => {
    const someMode = fc.constantFrom(...MODES).map((mode) => ({ mode }));
    fc.assert(
      fc.property(fc.record(Object.fromEntries(ACTIONS.map((action) => [action, someMode]))), (own) => {
        const policies = mergePolicies({}, own, KILL);
        const acts = decide(aRecord(), policies, {}, reviewIn('approved', 'summary'));
        expect(ACTIONS.map((action) => actOf(acts, action).does)).toEqual(ACTIONS.map(() => 'nothing'));
        expect(reviewsAsked(aRecord(), policies)).toEqual([]);
        expect(shownOf({ ...aRecord(), acts: decide(aRecord(), AUTOMATIC) }, policies)).toEqual({});
      }),
    );
  });

  it('clears a summary that the model wrote no more, and proposes none', () => {
    const wordless = aRecord({}, { understanding: { ...anUnderstanding, summary: null } });
    expect(shownOf({ ...wordless, acts: decide(wordless, AUTOMATIC) }, AUTOMATIC).summary).toBeNull();
    expect(decide(wordless, assisted('summary')).summary).toMatchObject({ does: 'nothing' });
  });

  it('asks nobody and tells nobody about history', () => {
    const history = { ...aRecord(), quietThrough: 1 };
    const policies = assisted('summary');
    expect(decide(history, policies).summary).toMatchObject({ does: 'shadow' });
    expect(reviewsAsked(history, policies)).toEqual([]);
    expect(decide(history, AUTOMATIC).event).toMatchObject({ does: 'nothing' });
    expect(decide(history, AUTOMATIC).event?.told ?? []).toEqual([]);
    // What concerns nobody but staff is written for history, too.
    expect(decide(history, AUTOMATIC).score).toMatchObject({ does: 'write' });
  });
});

describe('a person’s word', () => {
  it.each([
    ['pending', 'review'],
    ['superseded', 'review'],
    ['approved', 'write'],
    ['edited', 'write'],
    ['executed', 'write'],
    ['rejected', 'nothing'],
  ] as const)('%s leads to: %s', (state, does) => {
    for (const action of ['summary', 'event'] as const) {
      const acts = decide(aRecord(), assisted(action), {}, reviewIn(state, action));
      expect(acts[action]).toMatchObject({ does, mode: 'assisted' });
    }
  });

  it('holds as long as the same is proposed, without asking again', () => {
    const policies = assisted('summary');
    const first = decide(aRecord(), policies, {}, reviewIn('approved', 'summary'));
    const same = { ...aRecord(), version: 2 };
    expect(reviewsAsked(same, policies, first)).toEqual([]);
    expect(decide(same, policies, first).summary).toEqual(first.summary);
    const other = { ...same, understanding: { ...anUnderstanding, summary: 'Something else.' } };
    expect(reviewsAsked(other, policies, first)).toHaveLength(1);
    const next = decide(other, policies, first);
    expect(next.summary).toMatchObject({ does: 'review' });
    expect(next.summary?.review).not.toBe(first.summary?.review);
  });

  it('is not asked again for reasons that read otherwise', () => {
    const because = (reasons: string[]) =>
      aRecord({}, { understanding: { ...anUnderstanding, leadScore: { ...anUnderstanding.leadScore, reasons } } });
    const asked = (reasons: string[]) => reviewsAsked(because(reasons), assisted('score'));
    expect(asked(['party of 2'])).toEqual(asked(['party of two']));
  });

  it('that edits is what is shown, and another proposal is shown as it is', () => {
    const edits: [Action, string | number, object][] = [
      ['summary', 'Edited by Ana.', { summary: 'Edited by Ana.' }],
      ['score', 80, { score: { value: 80 } }],
      ['route', 'nurture', { route: { routing: 'nurture' } }],
      ['tag', 'family', { tag: 'family' }],
      ['segment', 'family', { segment: { segment: 'family' } }],
    ];
    for (const [action, edited, shown] of edits) {
      const policies = assisted(action);
      const acts = decide(aRecord(), policies, {}, reviewIn('edited', action, { edited }));
      expect(shownOf({ ...aRecord(), acts }, policies)).toMatchObject(shown);
      // Automatic by now: what is proposed goes by itself.
      const automatic = decide(aRecord(), AUTOMATIC, acts);
      expect(shownOf({ ...aRecord(), acts: automatic }, AUTOMATIC)).not.toMatchObject(shown);
    }
  });

  it('that was asked for stays asked while all AI is stopped', () => {
    const policies = assisted('summary');
    const before = decide(aRecord(), policies);
    const killed = decide(aRecord(), { ...policies, killed: KILL }, before);
    expect(killed.summary?.review).toBe(before.summary?.review);
  });

  it('is not lost where one environment does not know yet that people are asked', () => {
    const before = decide(aRecord(), assisted('summary'));
    const shadow = withPolicy('summary', { mode: 'shadow' });
    const late = (state: ReviewState, record = aRecord()) =>
      decide(record, shadow, before, reviewIn(state, 'summary')).summary;
    expect(reviewsAsked(aRecord(), shadow, before)).toEqual([before.summary?.review]);
    expect(late('approved')).toMatchObject({ does: 'shadow', review: before.summary?.review });
    // A question is taken back, and so is a yes to what is proposed no longer.
    expect(late('pending')?.review).toBeUndefined();
    const other = aRecord({}, { understanding: { ...anUnderstanding, summary: 'Something else.' } });
    expect(late('approved', other)?.review).toBeUndefined();
  });
});

describe('an offer', () => {
  const offered = anUnderstanding.upsell?.id;

  it('is told of once for a booking, however often it is looked at', () => {
    const first = decide(aRecord(), AUTOMATIC);
    expect(first.event).toMatchObject({ does: 'write', told: [offered] });
    expect(decide({ ...aRecord(), version: 2 }, AUTOMATIC, first).event).toEqual(first.event);
    const without = aRecord({}, { understanding: { ...anUnderstanding, upsell: null } });
    const gone = decide(without, AUTOMATIC, first);
    expect(gone.event).toMatchObject({ does: 'nothing', told: [offered] });
    expect(decide(aRecord(), AUTOMATIC, gone).event).toMatchObject({ does: 'nothing', told: [offered] });
  });

  it('of a booking that does not stand is told of to nobody', () => {
    for (const status of ['cancelled', 'rebooked'] as const) {
      expect(decide(aRecord({ status }), AUTOMATIC).event).toMatchObject({ does: 'nothing' });
    }
  });
});

describe('what a destination may write', () => {
  const record = { ...aRecord(), acts: decide(aRecord(), AUTOMATIC) };

  it('is what was decided, unless a policy is stricter by now', () => {
    expect(writableAct('summary', record, AUTOMATIC)).toBeDefined();
    for (const mode of ['off', 'shadow', 'assisted'] as const) {
      expect(writableAct('summary', record, withPolicy('summary', { mode }))).toBeUndefined();
    }
    const piloted = withPolicy('summary', { mode: 'automatic', segments: ['family'] });
    expect(writableAct('summary', record, piloted)).toBeUndefined();
  });

  it('does not become more because a policy is looser by now: what was decided is on record', () => {
    for (const mode of ['off', 'shadow', 'assisted'] as const) {
      const acts = decide(aRecord(), withPolicy('summary', { mode }));
      expect(writableAct('summary', { ...aRecord(), acts }, AUTOMATIC)).toBeUndefined();
    }
  });

  it('goes by the policies of now where the record is older than all policies', () => {
    const { acts: _, ...old } = record;
    expect(writableAct('score', old, mergePolicies({}, {}, undefined))).toBeDefined();
    expect(writableAct('summary', old, mergePolicies({}, {}, undefined))).toBeUndefined();
    expect(writableAct('summary', old, assisted('summary'))).toBeUndefined();
  });

  it('is what a person has approved while somebody is to be asked', () => {
    const policies = assisted('summary');
    const acts = decide(aRecord(), policies, {}, reviewIn('approved', 'summary'));
    expect(writableAct('summary', { ...aRecord(), acts }, policies)).toBeDefined();
    expect(writableAct('summary', { ...aRecord(), acts }, withPolicy('summary', { mode: 'shadow' }))).toBeUndefined();
  });

  it('never grows with a stricter mode', () => {
    const someAction = fc.constantFrom(...ACTIONS);
    const someMode = fc.constantFrom(...MODES);
    const segments = fc.option(fc.uniqueArray(fc.constantFrom(...segmentSchema.options), { minLength: 1 }));
    fc.assert(
      fc.property(someAction, someMode, someMode, segments, (action, decided, now, pilot) => {
        const acts = decide(aRecord(), withPolicy(action, { mode: decided }));
        const policy = { mode: now, ...(pilot !== null && { segments: pilot }) };
        const may = writableAct(action, { ...aRecord(), acts }, withPolicy(action, policy)) !== undefined;
        if (may) expect([decided, now]).toEqual(['automatic', 'automatic']);
      }),
    );
  });
});
