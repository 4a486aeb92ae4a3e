import { receive } from '../../functions/ingest/receive.ts';
import { listening } from '../unit/shared/quiet.ts';
import type { JsonObject } from '../vendors/fareharbor/json.ts';
import { GUEST_NAME, realBookings, realItem } from './bookings.ts';
import { expectedOf, type Message, messageFault } from './ingest-model.ts';
import { mutated } from './mutations.ts';
import { type Random, randomOf } from './random.ts';
import { type Encode, eventOf, type FuzzRequest, KEYS_IN_USE, requestOf, SECRET } from './requests.ts';
import { type FuzzOptions, type FuzzReport, runCases } from './run.ts';
import { spelled } from './spellings.ts';

/** Makes the requests of a run: the same seed and number give the same request. */
export function requestSource(seed: number, encode?: Encode): (index: number) => FuzzRequest {
  const real: readonly JsonObject[] = [...realBookings(), realItem()];
  return (index) => {
    const random = randomOf(seed, index);
    return requestOf(spelled(bodyOf(real, random), random), random, encode);
  };
}

function bodyOf(real: readonly JsonObject[], random: Random): JsonObject {
  const body = real[random.int(real.length)] ?? {};
  return random.chance(0.7) ? mutated(body, random) : body;
}

/**
 * Ingest's use case under requests of every kind: each is answered as PRODUCT.md says and never with 5xx, each
 * authenticated body is kept byte for byte, a booking under its uuid, and no key and nothing personal is logged.
 */
export async function fuzzIngest(options: FuzzOptions): Promise<FuzzReport> {
  const source = requestSource(options.seed);
  return await runCases('ingest', options, async (index) => {
    const request = source(index);
    const { status, sent, logged } = await give(request, index);
    const expected = expectedOf(request);
    if (status !== expected.status) throw new Error(`answered ${status}, not ${expected.status}`);
    if (sent.length !== (expected.kept === undefined ? 0 : 1)) throw new Error(`${sent.length} messages were sent`);
    for (const message of sent) {
      const fault = messageFault(message, request, expected);
      if (fault !== undefined) throw new Error(fault);
    }
    const told = [...KEYS_IN_USE, GUEST_NAME].find((word) => logged.includes(word));
    if (told !== undefined) throw new Error(`the log holds ${told}`);
    return `${status}${expected.kept === undefined ? '' : ` ${expected.kept.kind}`}`;
  });
}

async function give(request: FuzzRequest, index: number) {
  const sent: Message[] = [];
  const { log, meter, lines } = listening();
  const answer = await receive(eventOf(request, `request-${index}=`), {
    secret: async () => SECRET,
    send: async (message) => sent.push(message),
    log,
    meter,
    now: () => new Date('2026-11-21T12:00:00Z'),
  });
  return { status: answer.statusCode, sent, logged: JSON.stringify(lines) };
}
