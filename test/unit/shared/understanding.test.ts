import { expect, it } from 'vitest';
import { understandingSchema } from '../../../shared/understanding/understanding.ts';
import { anUnderstanding } from '../crm-sync/record-fixture.ts';

it('reads what was understood before there were reasons, a risk and a value', () => {
  const { features: _, segmentReasons: __, churnReasons: ___, risk: ____, guest: _____, ...before } = anUnderstanding;
  const { routingReason: ______, ...leadScore } = before.leadScore;
  const stored = { ...before, leadScore, upsell: { id: 'whale-watch', name: 'Whale watching' } };
  expect(understandingSchema.parse(stored)).toEqual({
    ...stored,
    features: {},
    leadScore: { ...leadScore, routingReason: '' },
    segmentReasons: [],
    churnReasons: [],
    upsell: { ...stored.upsell, reasons: [] },
    risk: null,
    guest: { bands: null, predictedValue: null, predictedValueReason: '', categories: [] },
  });
});
