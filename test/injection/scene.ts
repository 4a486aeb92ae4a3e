import { withOffer } from '../../functions/enrichment/decide/acting.ts';
import { enrich } from '../../functions/enrichment/enrich.ts';
import { NOTHING_SEEN } from '../../functions/enrichment/standing/distribution.ts';
import type { ModelAccess } from '../../functions/enrichment/understanding/model.ts';
import { understand } from '../../functions/enrichment/understanding/understand.ts';
import { decide } from '../../shared/acts/decide.ts';
import type { Booking } from '../../shared/booking/booking.ts';
import { summarise } from '../../shared/guest/booking-summary.ts';
import { totalsOf } from '../../shared/guest/totals.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import {
  type CompanySettings,
  type CompanySettingsInput,
  companySettingsSchema,
} from '../../shared/settings/settings.ts';
import { AUTOMATIC } from '../unit/acts/automatic.ts';
import { freeEconomy } from '../unit/enrichment/understanding/free-economy.ts';
import { listening } from '../unit/shared/quiet.ts';
import { NOW } from './booked.ts';
import { type Sent, send } from './destinations.ts';

/** What became of a booking: the record, all that the vendors were sent, and the log. */
export interface Brought {
  readonly record: BookingRecord;
  readonly sent: Sent;
  readonly log: string;
}

/** The operator of the scene: several tours suit a party of two, so that a wish could decide among them. */
export function operator(score: CompanySettingsInput['score'] = {}): CompanySettings {
  return companySettingsSchema.parse({
    name: 'Harbor Kayaks',
    score,
    catalogue: [
      { id: 'night-paddle', name: 'Night paddle', itemPk: 91, interests: ['couples', 'kayak'] },
      { id: 'seal-cove', name: 'Snorkelling at Seal Cove', itemPk: 92, interests: ['snorkel'] },
      { id: 'team-regatta', name: 'Team regatta', itemPk: 93, interests: ['corporate'] },
      { id: 'quiet-harbor', name: 'Quiet harbor walk', itemPk: 94 },
    ],
  });
}

/**
 * Brings a new booking through enrichment and both sinks, with tables in memory.
 * @param access the model that reads; undefined: none, the rules alone.
 */
export async function bring(
  booking: Booking,
  settings: CompanySettings,
  access: ModelAccess | undefined,
): Promise<Brought> {
  const { log, meter, lines } = listening();
  const written: BookingRecord[] = [];
  const observation = {
    booking,
    unusable: [],
    source: 'webhook' as const,
    receivedAt: NOW.toISOString(),
    receives: 1,
    settings,
  };
  await enrich(observation, {
    bookings: { read: async () => undefined },
    guests: {
      countBookings: async () => 0,
      enter: async ({ summary }, now) => ({ totals: totalsOf([summary], now), changes: [], writes: [] }),
    },
    identities: { find: async () => undefined, claim: () => ({}) },
    commit: async (next) => void written.push(next),
    understand: (input) =>
      understand(input, {
        readModel: async () => access,
        economy: freeEconomy(),
        readDistribution: async () => NOTHING_SEEN,
        log,
        meter,
      }),
    // With nothing held back: all that the model could reach is done by itself.
    decide: async (draft, before) => withOffer({ ...draft, acts: decide(draft, AUTOMATIC) }, before),
    alongside: async () => [],
    noteDecided: async () => {},
    noteStanding: async () => {},
    pause: async () => {},
    hint: async () => {},
    sinks: ['crm', 'marketing'],
    log,
    meter,
    now: () => NOW,
  });
  const [record] = written;
  if (record === undefined) throw new TypeError('enrichment wrote no record');
  const sent = await send(record, [summarise(booking, record.firstSeenAt)], settings);
  return { record, sent, log: JSON.stringify(lines) };
}
