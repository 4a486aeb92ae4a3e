import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../infra/evaluate/csv.ts';
import { hotelDataOf } from '../../../infra/evaluate/hotel-data.ts';
import { hotelColumns } from '../../../infra/evaluate/hotel-features.ts';
import { FAMILIES, findLimits } from '../../../infra/evaluate/limits.ts';
import { findShippedLimits } from '../../../infra/evaluate/shipped-limits.ts';
import { hotelCsv, hotelRows } from './hotel-sample.ts';

describe('what limits the AUC', () => {
  const data = hotelDataOf(parseCsv(hotelCsv(hotelRows(1500, 51))));

  it('is asked of every feature once', () => {
    const asked = FAMILIES.flatMap(([, names]) => names);
    expect([...asked].sort()).toEqual(
      hotelColumns(data.bookings)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('is found: here only lead time matters, and every row is forecast', () => {
    const settings = { trees: 20, maxLeaves: 4, learningRate: 0.2, seed: 3, halfLifeDays: 365 };
    const findings = findLimits(data, settings, () => undefined);
    const [yardstick, ...others] = findings;
    expect(yardstick?.changed).toBe('nothing');
    const worst = [...others].sort((a, b) => a.auc - b.auc)[0];
    expect(worst?.changed).toBe('without lead time');
    expect(worst?.auc).toBeLessThan((yardstick?.auc ?? 0) - 0.05);
    for (const { auc, brier } of findings) {
      expect(auc).toBeGreaterThan(0.4);
      expect(brier).toBeLessThan(0.3);
    }
  });
});

describe('what limits the shipped model', () => {
  const findings = findShippedLimits(hotelDataOf(parseCsv(hotelCsv(hotelRows(1500, 52)))), () => undefined);
  const named = (changed: string) => findings.find((finding) => finding.changed === changed);

  it('is told beside a yardstick that gains nothing over itself', () => {
    expect(findings[0]).toMatchObject({ changed: 'nothing', gain: { value: 0, low: 0, high: 0 } });
  });

  it('is found: here only lead time matters, and what means nothing adds nothing', () => {
    const worst = [...findings].sort((a, b) => a.auc - b.auc)[0];
    expect(worst?.changed).toBe('without lead time');
    expect(worst?.gain.high).toBeLessThan(-0.02);
    for (const changed of ['with nights', 'with the customer type', 'without weekend']) {
      expect(Math.abs(named(changed)?.gain.value ?? 1)).toBeLessThan(0.02);
    }
  });
});
