import { describe, expect, it } from 'vitest';
import { asking } from '../../../functions/enrichment/truth/asking.ts';
import { findTruth, type TruthDeps } from '../../../functions/enrichment/truth/truth.ts';
import { waitOf } from '../../../infra/scale/enrichment.ts';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { budgetedHttp } from '../../../shared/rate-budget/budgeted-http.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { aRecord } from '../crm-sync/record-fixture.ts';

const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

/** What enrichment itself does with a webhook where no call is left: the seconds it goes back for; undefined: believed. */
async function waitOfEnrichment(record: BookingRecord | undefined, receives: number): Promise<number | undefined> {
  const spent = budgetedHttp(
    () => Promise.reject(new TypeError('nothing may be sent')),
    { take: () => Promise.resolve({ granted: false, waitMs: 100 }) },
    'live',
  );
  const nothing = () => Promise.resolve();
  const deps: TruthDeps = {
    bookings: { read: () => Promise.resolve(record) },
    verifications: {
      note: nothing,
      noteStranger: nothing,
      read: () => Promise.resolve(undefined),
      noteTry: nothing,
      settle: nothing,
      settleWhereNoted: nothing,
    },
    asking: asking(() => new Date(NOW)),
    strangers: { noteUnknown: nothing, suspected: () => Promise.resolve(false) },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    meter: { count: () => undefined, duration: () => undefined },
    now: () => new Date(NOW),
  };
  const retrieve = async () => {
    await spent({ method: 'GET', url: 'https://fareharbor.test/' });
    return { kind: 'no-access' } as const;
  };
  const request = {
    company: 'harbor',
    uuid: '0d8f9f0e-0000-4000-8000-000000000001',
    body: {},
    receivedAt: at(0),
    receives,
    whenBudgetSpent: 'body',
  } as const;
  try {
    const truth = await findTruth(retrieve, deps)(request);
    expect(truth?.source).toBe('webhook');
    return undefined;
  } catch (error) {
    if (error instanceof RetryableError) return error.waitSeconds;
    throw error;
  }
}

describe('with FareHarbor’s calls spent, the simulation', () => {
  const cases = [1, 2, 3, 5, 6, 7].flatMap((receives) =>
    [
      undefined,
      { ago: 5, source: 'api' },
      { ago: 599, source: 'api' },
      { ago: 601, source: 'api' },
      { ago: 5, source: 'webhook' },
    ].map((held) => ({ receives, held })),
  );

  it.each(cases)(
    'does what enrichment does at receive $receives of a booking held as $held',
    async ({ receives, held }) => {
      const source = held?.source === 'api' ? 'api' : 'webhook';
      const record = held && ({ ...aRecord(), source, changedAt: at(-held.ago) } as const);
      const answeredAt = held?.source === 'api' ? -held.ago : Number.NEGATIVE_INFINITY;
      const simulated = waitOf({ receives, arrivedAt: 0, booking: { known: held !== undefined, answeredAt } });
      expect(simulated).toBe(await waitOfEnrichment(record, receives));
    },
  );
});
