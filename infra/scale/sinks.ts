import { DONE, type Ending, FifoConsumer, type Work } from './engine/consumer.ts';
import { OWN } from './facts.ts';
import type { Booking } from './load.ts';
import { SERVICE, serve } from './service.ts';
import { type SinkName, WITHIN_SECONDS, type World } from './world.ts';

const FUNCTIONS = { crm: 'crm-sync', marketing: 'marketing-sync' } as const;
const WORST = { crm: OWN.worstCrm.value, marketing: OWN.worstMarketing.value };

/** The consumer of a destination's queue: one guest's bookings one after the other, and what is there already only looked at. */
export function sinkOf(sink: SinkName, world: World): FifoConsumer<Booking> {
  const rule = {
    concurrency: world.plant.concurrency[FUNCTIONS[sink]],
    batchSize: 10,
    batchSeconds: OWN.batchSeconds.value,
    coldSeconds: OWN.coldSeconds.value,
    warmFor: OWN.warmFor.value,
    beginWithin: OWN.timeoutSeconds.value - WORST[sink],
    unitsOf: (messages: readonly Booking[]) => messages.map((message) => [message]),
    begin: ([booking]: readonly Booking[]) => (booking === undefined ? NOTHING : begin(sink, booking, world)),
  };
  return new FifoConsumer(world.clock, world.hints[sink], rule, world.places);
}

const NOTHING: Work = { seconds: 0, end: () => DONE };

function begin(sink: SinkName, booking: Booking, world: World): Work {
  const memory = world.plant.memory[FUNCTIONS[sink]];
  if (booking.synced[sink] >= booking.version) {
    return { seconds: serve(SERVICE.look, memory, world.chance).seconds, end: () => DONE };
  }
  const reached = booking.version;
  const { first, later } = SERVICE[sink];
  const { seconds, calls } = serve(booking.synced[sink] === 0 ? first : later, memory, world.chance);
  // The largest company is the first.
  if (sink === 'crm' && booking.company === 0) world.use('salesforceOfLargest', calls);
  return { seconds, end: () => synced(sink, { booking, reached, seconds }, world) };
}

interface Written {
  readonly booking: Booking;
  readonly reached: number;
  readonly seconds: number;
}

function synced(sink: SinkName, { booking, reached, seconds }: Written, world: World): Ending {
  const { clock, counts, delays } = world;
  booking.synced[sink] = reached;
  const isInSync = Math.min(booking.synced.crm, booking.synced.marketing) >= booking.version;
  // The last of them takes the record out of the index.
  if (isInSync) world.use('indexWrites', 1);
  // The guest under whose address the largest company's agent books.
  if (booking.guest === 0) {
    if (sink === 'crm') world.use('guestOfAgent', seconds);
    world.use('guestWrites', OWN.guestWrites.value / 2);
  }
  const waiting = booking.waiting[sink];
  while (waiting[0] !== undefined && waiting[0].version <= reached) {
    delays[sink].add(clock.now - waiting[0].arrivedAt);
    counts.delivered[sink] += 1;
    if (clock.now - waiting[0].arrivedAt > WITHIN_SECONDS) counts.late[sink] += 1;
    waiting.shift();
  }
  if (waiting.length === 0) world.behind[sink].delete(booking);
  return DONE;
}
