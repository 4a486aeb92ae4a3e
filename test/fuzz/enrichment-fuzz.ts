import { messageOf, read } from '../../functions/ingest/delivery.ts';
import type { Retrieved } from '../../shared/fareharbor/retrieve-booking.ts';
import type { Json, JsonObject } from '../vendors/fareharbor/json.ts';
import { GUEST_NAME, realBookings } from './bookings.ts';
import { enrichmentInMemory } from './enrichment-memory.ts';
import { recordOf } from './ingest-model.ts';
import { anyJson, mutated } from './mutations.ts';
import { type Random, randomOf } from './random.ts';
import { type FuzzOptions, type FuzzReport, runCases } from './run.ts';
import { spelled } from './spellings.ts';

const RECEIVED = '2026-11-21T12:00:00.000Z';

/**
 * Enrichment under bodies of every kind, two after the other for one booking: no exception comes out, what is written
 * fits DynamoDB and can be read again, and what is no booking is quarantined. Nothing personal is logged.
 */
export async function fuzzEnrichment(options: FuzzOptions): Promise<FuzzReport> {
  const real = realBookings();
  return await runCases('enrichment', options, async (index) => {
    const random = randomOf(options.seed, index);
    const first = real[random.int(real.length)] ?? {};
    const memory = enrichmentInMemory({ retrieved: retrieved(first, random), asksModel: random.chance(0.1) });
    for (let delivery = 0; delivery < 2; delivery += 1) {
      const body = spelled(bodyFrom(first, random), random);
      const message = { body, reading: read(body), requestId: `${index}`, receivedAt: RECEIVED, keyCompany: '*' };
      await memory.consumer.handle({
        ...recordOf(messageOf(message)),
        attributes: { ...recordOf(messageOf(message)).attributes, ApproximateReceiveCount: '3' },
      });
    }
    if (JSON.stringify(memory.lines).includes(GUEST_NAME)) throw new Error(`the log holds ${GUEST_NAME}`);
    const [record] = memory.records.values();
    return record === undefined ? `kept: ${memory.quarantined.at(-1)?.reason ?? 'item'}` : `version ${record.version}`;
  });
}

/** A webhook's body: a spoilt one of FareHarbor's, or anything at all under a booking's uuid and company. */
export function bodyFrom(real: JsonObject, random: Random): JsonObject {
  if (random.chance(0.8)) return mutated(real, random);
  return { booking: { ...objectOf(anyJson(random)), ...identity(real) } };
}

/** What makes any object a booking of a company that we know. */
function identity({ booking }: JsonObject): JsonObject {
  const { uuid = null, company = null } = objectOf(booking);
  return { uuid, company };
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The API's answer is no better than a webhook's body: it can be anything as well. */
function retrieved(real: JsonObject, random: Random): Retrieved {
  if (random.chance(0.7)) return { kind: 'no-access' };
  return { kind: 'found', booking: random.chance(0.9) ? objectOf(mutated(real, random).booking) : anyJson(random) };
}
