import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lead, routeLead } from '../../../../functions/enrichment/understanding/routing.ts';
import type { RoutingRule } from '../../../../shared/settings/scoring.ts';
import { settingsWith } from './understanding-fixture.ts';

const lead: Lead = { byRules: 50, partySize: 12, corporateEmail: true, segment: 'corporate-group', itemPk: 11 };
const route = (routing: RoutingRule[], changes: Partial<Lead> = {}) =>
  routeLead({ ...lead, ...changes }, settingsWith({ score: { routing } }).score);

describe('routeLead', () => {
  it('goes by the score’s line where the operator has no rules', () => {
    expect(route([], { byRules: 60 })).toEqual({
      routing: 'rep',
      routingReason: 'score of 60 reaches the line of 60',
    });
    expect(route([], { byRules: 59 })).toEqual({
      routing: 'nurture',
      routingReason: 'score of 59 is below the line of 60',
    });
  });

  it('takes the first rule that fits, and says which, with the values', () => {
    const rules: RoutingRule[] = [
      { when: { items: [12] }, to: 'nurture' },
      { when: { segments: ['corporate-group', 'group'], minPartySize: 12, minScore: 50, corporate: true }, to: 'rep' },
      { when: {}, to: 'nurture' },
    ];
    expect(route(rules)).toEqual({
      routing: 'rep',
      routingReason: 'rule 2: score of 50 ≥ 50, segment corporate-group, party of 12 ≥ 12, corporate e-mail domain',
    });
    expect(route(rules, { itemPk: 12 }).routingReason).toBe('rule 1: item 12');
    expect(route(rules, { byRules: 100, partySize: 11 })).toEqual({
      routing: 'nurture',
      routingReason: 'rule 3: every booking',
    });
  });

  it.each<[string, RoutingRule['when'], Partial<Lead>]>([
    ['minScore', { minScore: 50 }, { byRules: 49 }],
    ['maxScore', { maxScore: 50 }, { byRules: 51 }],
    ['segments', { segments: ['corporate-group'] }, { segment: 'group' }],
    ['minPartySize', { minPartySize: 12 }, { partySize: 11 }],
    ['corporate', { corporate: true }, { corporateEmail: false }],
    ['not corporate', { corporate: false }, {}],
    ['items', { items: [11] }, { itemPk: 12 }],
    ['items, none known', { items: [11] }, { itemPk: null }],
  ])('asks for %s', (_, when, other) => {
    const fits = when.corporate === false ? { corporateEmail: false } : {};
    expect(route([{ when, to: 'rep' }], fits).routing).toBe('rep');
    expect(route([{ when, to: 'rep' }], { byRules: 50, ...other }).routing).toBe('nurture');
  });

  it('asks for all conditions of a rule', () => {
    const to = 'rep' as const;
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 1, max: 40 }), (minScore, minPartySize) => {
        const both = route([{ when: { minScore, minPartySize }, to }], { byRules: 55 }).routing === 'rep';
        expect(both).toBe(55 >= minScore && 12 >= minPartySize);
      }),
    );
  });
});
