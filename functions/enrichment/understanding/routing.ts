import type { RoutingRule } from '../../../shared/settings/scoring.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Segment } from '../../../shared/understanding/understanding.ts';

/** What the operator's rules may ask for. */
export interface Lead {
  /** The score by rules alone. */
  readonly byRules: number;
  readonly partySize: number;
  readonly corporateEmail: boolean;
  readonly segment: Segment;
  readonly itemPk: number | null;
}

export interface Routed {
  readonly routing: RoutingRule['to'];
  /** Which rule, and by what values. */
  readonly routingReason: string;
}

type Test = { readonly fits: boolean; readonly because: string };

/**
 * Who works the booking: the first of the operator's rules (`score.routing`) of which all conditions hold; where none
 * does, the sales team from `score.repLine` on. A rule without conditions always holds.
 */
export function routeLead(lead: Lead, { repLine, routing }: CompanySettings['score']): Routed {
  for (const [index, { when, to }] of routing.entries()) {
    const tests = testsOf(when, lead);
    if (tests.every(({ fits }) => fits)) {
      const because = tests.map((test) => test.because).join(', ');
      return { routing: to, routingReason: `rule ${index + 1}: ${because === '' ? 'every booking' : because}` };
    }
  }
  return lead.byRules >= repLine
    ? { routing: 'rep', routingReason: `score of ${lead.byRules} reaches the line of ${repLine}` }
    : { routing: 'nurture', routingReason: `score of ${lead.byRules} is below the line of ${repLine}` };
}

/** Every score at which some rule or line changes its mind: what words may not carry a score over. */
export function routingLines({ repLine, routing }: CompanySettings['score']): number[] {
  const ofRules = routing.flatMap(({ when: { minScore, maxScore } }) => [
    ...(minScore === undefined ? [] : [minScore]),
    ...(maxScore === undefined ? [] : [maxScore + 1]),
  ]);
  return [repLine, ...ofRules];
}

function testsOf(when: RoutingRule['when'], lead: Lead): Test[] {
  const { minScore, maxScore, segments, minPartySize, corporate, items } = when;
  const { byRules, partySize, corporateEmail, segment, itemPk } = lead;
  const tests: Test[] = [];
  if (minScore !== undefined) tests.push({ fits: byRules >= minScore, because: `score of ${byRules} ≥ ${minScore}` });
  if (maxScore !== undefined) tests.push({ fits: byRules <= maxScore, because: `score of ${byRules} ≤ ${maxScore}` });
  if (segments !== undefined) tests.push({ fits: segments.includes(segment), because: `segment ${segment}` });
  if (minPartySize !== undefined) {
    tests.push({ fits: partySize >= minPartySize, because: `party of ${partySize} ≥ ${minPartySize}` });
  }
  if (corporate !== undefined) {
    const because = corporateEmail ? 'corporate e-mail domain' : 'no corporate e-mail domain';
    tests.push({ fits: corporateEmail === corporate, because });
  }
  if (items !== undefined) {
    tests.push({ fits: itemPk !== null && items.includes(itemPk), because: `item ${itemPk ?? 'unknown'}` });
  }
  return tests;
}
