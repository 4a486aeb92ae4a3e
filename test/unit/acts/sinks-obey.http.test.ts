import { describe, expect, it } from 'vitest';
import type { Action, Policy } from '../../../shared/acts/act.ts';
import { decide } from '../../../shared/acts/decide.ts';
import type { Written } from '../../../shared/acts/decisions-table.ts';
import { mergePolicies, type Policies } from '../../../shared/acts/policies.ts';
import { open } from '../crm-sync/open-desk.ts';
import { anUnderstanding, aRecord } from '../crm-sync/record-fixture.ts';
import { openOffice, understood } from '../marketing-sync/office.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { AUTOMATIC } from './automatic.ts';

const KILL = { by: 'kai', since: '2026-12-01T12:00:00.000Z', reason: 'a test' };
const KILLED: Policies = { ...AUTOMATIC, killed: KILL };
const DEFAULTS = mergePolicies({}, {}, undefined);
const withPolicy = (action: Action, policy: Policy): Policies => ({
  ...AUTOMATIC,
  of: { ...AUTOMATIC.of, [action]: policy },
});

/** crm-sync under policies that a test can change. */
async function crm(first: Policies) {
  const state = { policies: first };
  const written: Written[] = [];
  const desk = await open({
    acts: { policiesOf: async () => state.policies, append: async (entry) => void written.push(entry) },
  });
  const record = (version: number, score: number, policies: Policies, partySize = 2) => {
    const leadScore = { ...anUnderstanding.leadScore, value: score };
    const understanding = { ...anUnderstanding, leadScore, summary: `Summary ${version}.` };
    const draft = aRecord({ partySize }, { version, understanding });
    return { ...draft, acts: decide(draft, policies) };
  };
  const sale = () => desk.vendor.records('Opportunity')[0];
  return { ...desk, state, written, record, sale };
}

const OF_AI = {
  Contact: [
    'Lead_Score__c',
    'AI_Segment__c',
    'Churn_Risk__c',
    'Interests__c',
    'Recommended_Upsell__c',
    'RFM_Bands__c',
    'Predicted_Value__c',
  ],
  Account: ['AI_Segment__c', 'Predicted_Value__c'],
  Opportunity: [
    'Lead_Score__c',
    'Lead_Score_Reasons__c',
    'Lead_Routing__c',
    'AI_Segment__c',
    'AI_Summary__c',
    'Recommended_Upsell__c',
    'Cancellation_Risk__c',
    'No_Show_Risk__c',
  ],
} as const;

describe('Salesforce', () => {
  it('gets all of it where all may be written', async () => {
    const desk = await crm(AUTOMATIC);
    await desk.bring(desk.record(1, 72, AUTOMATIC));
    for (const object of ['Account', 'Contact', 'Opportunity'] as const) {
      const [found] = desk.vendor.records(object);
      for (const field of OF_AI[object]) expect([object, field, found?.[field] ?? null]).not.toContain(null);
    }
    expect(desk.sale()).toMatchObject({ Lead_Routing__c: 'rep', Cancellation_Risk__c: 12.4, No_Show_Risk__c: 1.3 });
  });

  it('gets by default score and segment, and neither routing nor summary', async () => {
    const desk = await crm(DEFAULTS);
    await desk.bring(desk.record(1, 72, DEFAULTS));
    const { Lead_Score__c, AI_Segment__c, Lead_Routing__c, AI_Summary__c, AI_Generated__c } = desk.sale() ?? {};
    expect([Lead_Score__c, AI_Segment__c]).toEqual([72, 'returning']);
    expect([Lead_Routing__c, AI_Summary__c, AI_Generated__c]).toEqual([undefined, undefined, false]);
    expect(desk.written).toHaveLength(1);
    expect(desk.written[0]?.wrote.map(({ action, place }) => `${action} ${place.split(' ')[0]}`)).toEqual([
      'score Contact',
      'segment Contact',
      'score Opportunity',
      'segment Opportunity',
    ]);
  });

  it('keeps what it has while all AI is stopped, Cases included, and still gets the facts', async () => {
    const desk = await crm(AUTOMATIC);
    await desk.bring(desk.record(1, 72, AUTOMATIC));
    const before = desk.vendor.records('Contact')[0];
    desk.state.policies = KILLED;
    // Decided before the stop, brought after it.
    const next = desk.record(2, 95, AUTOMATIC, 9);
    const at = next.changedAt;
    await desk.bring({ ...next, changes: [{ version: 2, at, change: { kind: 'cancelled' } }] });
    expect(desk.sale()).toMatchObject({ Party_Size__c: 9, Lead_Score__c: 72, AI_Summary__c: 'Summary 1.' });
    const after = desk.vendor.records('Contact')[0];
    for (const field of OF_AI.Contact) expect(after?.[field]).toEqual(before?.[field]);
    const [made] = desk.vendor.records('Case');
    expect([made?.Case_Kind__c, made?.AI_Summary__c]).toEqual(['cancellation', undefined]);
    expect(desk.written.at(-1)?.wrote).toEqual([]);
  });

  it('shows a guest as their latest booking’s acts say', async () => {
    const desk = await crm(AUTOMATIC);
    const shadow = withPolicy('score', { mode: 'shadow' });
    const latest = aRecord({ uuid: uuid(2), createdAt: { instant: '2027-01-01T00:00:00.000Z', offsetMinutes: 0 } });
    await desk.bring({ ...latest, acts: decide(latest, shadow) });
    await desk.bring(desk.record(1, 72, AUTOMATIC));
    expect(desk.vendor.records('Contact')[0]?.Lead_Score__c).toBeUndefined();
    expect(desk.vendor.records('Contact')[0]?.AI_Segment__c).toBe('returning');
  });
});

describe('Mailchimp', () => {
  const office = async (policies: () => Policies) => await openOffice({ policies });
  const family = { ...understood, segment: 'family' } as const;

  it('keeps tag and merge fields of the segment while they must not be written, and mends them afterwards', async () => {
    const state = { policies: AUTOMATIC };
    const one = await office(() => state.policies);
    await one.bring(aBooking());
    expect(one.tags()).toContain('segment:new');
    state.policies = KILLED;
    one.write(aBooking({ item: { pk: 5, name: 'Whale watching' } }), [], family);
    await one.deliver(uuid(1));
    expect(one.tags()).toEqual(['activity:Whale watching', 'segment:new', 'stage:upcoming']);
    expect(one.member()?.mergeValues).toMatchObject({ AI_SEGMENT: 'new' });
    expect(one.written.at(-1)?.wrote).toEqual([]);
    state.policies = AUTOMATIC;
    one.resync(uuid(1));
    await one.deliver(uuid(1));
    expect(one.tags()).toEqual(['activity:Whale watching', 'segment:family', 'stage:upcoming']);
    expect(one.member()?.mergeValues).toMatchObject({ AI_SEGMENT: 'family' });
  });

  it('writes no tag of the segment to a new address while it must not, and the right one afterwards', async () => {
    const state = { policies: AUTOMATIC };
    const one = await office(() => state.policies);
    const { contact } = aBooking();
    await one.bring(aBooking());
    one.mailchimp.seed('new@kealoha.test', { status: 'subscribed' });
    state.policies = withPolicy('tag', { mode: 'off' });
    await one.bring(aBooking({ contact: { ...contact, email: 'new@kealoha.test' } }));
    expect(one.tags('new@kealoha.test')).toEqual(['activity:Sunset Kayak', 'stage:upcoming']);
    state.policies = AUTOMATIC;
    one.resync(uuid(1));
    await one.deliver(uuid(1));
    expect(one.tags('new@kealoha.test')).toEqual(['activity:Sunset Kayak', 'segment:new', 'stage:upcoming']);
  });

  const offer = (approved: boolean) =>
    ({ kind: 'upsell_recommended', offer: 'whale-watch', name: 'Whale watching', approved }) as const;

  it.each([
    ['automatic', AUTOMATIC, false, true],
    ['approved, and a person is to be asked', withPolicy('event', { mode: 'assisted' }), true, true],
    ['not approved, and a person is to be asked by now', withPolicy('event', { mode: 'assisted' }), false, false],
    ['in shadow by now', withPolicy('event', { mode: 'shadow' }), true, false],
    ['stopped', KILLED, true, false],
  ])('is told of an offer that is %s: %#', async (_, policies, approved, told) => {
    const one = await office(() => policies);
    one.write(aBooking(), [offer(approved)]);
    await one.deliver(uuid(1));
    expect(one.events().filter((name) => name === 'upsell_recommended')).toHaveLength(told ? 1 : 0);
    // Facts are told whatever is set.
    expect(one.events()).toContain('booking_created');
    expect(one.written[0]?.wrote.some(({ action }) => action === 'event')).toBe(told);
  });

  it('is told of an offer once, by a name of its own', async () => {
    const one = await office(() => AUTOMATIC);
    one.crash('noteSynced');
    one.write(aBooking(), [offer(false)]);
    await expect(one.deliver(uuid(1))).rejects.toThrow('crashed');
    await one.deliver(uuid(1));
    const [event, ...more] =
      one.mailchimp.contact('noa@kealoha.test')?.events.filter(({ name }) => name === 'upsell_recommended') ?? [];
    expect(more).toEqual([]);
    expect(event?.properties).toMatchObject({
      event_key: `${uuid(1)}:upsell_recommended:whale-watch`,
      offer: 'whale-watch',
      offer_name: 'Whale watching',
    });
  });
});
