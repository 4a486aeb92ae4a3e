import { describe, expect, it } from 'vitest';
import { actedUpon, suggestionOf } from '../../../../functions/enrichment/understanding/acted-upon.ts';
import type { Signals } from '../../../../shared/understanding/understanding.ts';
import { aBooking, at } from '../../shared/booking-fixture.ts';
import { withModel } from './model-harness.ts';
import { privateGuest, settingsWith, silent } from './understanding-fixture.ts';

const { catalogue } = settingsWith();
const loud: Signals = {
  ...silent,
  occasion: 'wedding',
  complaint: true,
  accessibility: ['wheelchair', 'vision'],
  urgency: 'high',
  language: 'ja',
  upsellAffinity: catalogue.map(({ id }) => id),
};

describe('what a model says', () => {
  it('starts nothing by itself, and keeps nothing from being started', () => {
    expect(actedUpon(loud, silent)).toMatchObject({ complaint: false, accessibility: [], language: 'unknown' });
    expect(actedUpon(silent, loud)).toMatchObject({
      complaint: true,
      accessibility: ['wheelchair', 'vision'],
      language: 'ja',
    });
  });

  it('is heard where it only moves the score within its clamp', () => {
    expect(actedUpon(loud, silent)).toMatchObject({ occasion: 'wedding', urgency: 'high' });
  });

  it('is told to a person where the keywords do not say the same', () => {
    expect(suggestionOf(loud, { ...silent, accessibility: ['vision'] }, catalogue)).toBe(
      'Read by the model alone, please check: a complaint; accessibility (wheelchair); ' +
        'interest in Sunset paddle with dinner, Snorkelling at Seal Cove, Team regatta.',
    );
    expect(suggestionOf({ ...loud, upsellAffinity: [] }, loud, catalogue)).toBeNull();
    expect(suggestionOf(silent, loud, catalogue)).toBeNull();
  });

  it('names few tours, and only the operator’s', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ id: `tour-${index}`, name: `Tour ${index}` }));
    const entries = settingsWith({ catalogue: many }).catalogue;
    const read = { ...silent, upsellAffinity: ['evil', ...many.map(({ id }) => id)] };
    expect(suggestionOf(read, silent, entries)).toMatch(/: interest in Tour 0, Tour 1, Tour 2\.$/);
  });
});

describe('an understanding that is kept', () => {
  const { openAi, run } = withModel();

  it('carries on nothing that only the model said, whoever wrote it down', async () => {
    openAi.setMode({ mode: 'obey' });
    const booking = aBooking({ contact: privateGuest, note: 'We look forward to it very much.' });
    const { understanding } = await run(booking);
    expect(understanding.summary).toMatch(/\nRead by the model alone, please check: a complaint; /);
    const previous = { ...understanding, signals: { ...understanding.signals, complaint: true } };
    const { availability } = booking;
    const moved = { ...booking, availability: { ...availability, startAt: at('2026-12-27T09:00:00-1000') } };
    const { understanding: kept } = await run(moved, { previous });
    expect(openAi.inputs).toHaveLength(1);
    expect(kept.signals).toMatchObject({ complaint: false, accessibility: [] });
    expect(kept.summary).toBe(understanding.summary);
  });
});
