import { describe, expect, it } from 'vitest';
import { costScene } from '../../../infra/cost/measure/scene.ts';
import { createFareHarbor } from '../../vendors/fareharbor/fareharbor.ts';

const now = Date.parse('2026-03-10T05:00:00Z');

function told(seed: number, rounds = 2) {
  const fareharbor = createFareHarbor({ now: () => now });
  return costScene(fareharbor, { rounds, seed, now }).map(({ kind, body }) => ({ kind, body: body() }));
}

const uuidIn = (body: string): string => /"uuid":\s*"([0-9a-f-]{36})"/.exec(body)?.[1] ?? '';

describe('the webhooks that are measured', () => {
  const webhooks = told(7);

  it('tell of nothing new in 60 of 100', () => {
    const idle = webhooks.filter(({ kind }) => kind === 'repeated' || kind === 'reminded');
    expect(idle.length / webhooks.length).toBeCloseTo(0.6, 9);
    for (const kind of ['new', 'changed', 'paid', 'cancelled', 'repeated', 'reminded'] as const) {
      expect(webhooks.some((one) => one.kind === kind)).toBe(true);
    }
  });

  it('are the same for the same seed, and others for another', () => {
    expect(told(7)).toEqual(webhooks);
    expect(told(8).map(({ kind }) => kind)).not.toEqual(webhooks.map(({ kind }) => kind));
  });

  it('begin with the new booking, and tell again only what was told, but for places left and reminders', () => {
    const last = new Map<string, string>();
    for (const { kind, body } of webhooks) {
      const [uuid, told] = [uuidIn(body), body.replaceAll(/"(capacity|reminders_sent)":-?\d+/g, '')];
      expect([kind, last.has(uuid)]).toEqual([kind, kind !== 'new']);
      const isOld = last.get(uuid) === told;
      expect([kind, isOld]).toEqual([kind, kind === 'repeated' || kind === 'reminded']);
      last.set(uuid, told);
    }
  });
});
