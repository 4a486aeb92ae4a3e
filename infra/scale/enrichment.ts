import { DONE, type Ending, FifoConsumer, type Work } from './engine/consumer.ts';
import { OWN } from './facts.ts';
import type { Booking } from './load.ts';
import { SERVICE, type Service, serve } from './service.ts';
import { type BookingsMessage, SINKS, type World } from './world.ts';

/** A booking we hold nothing of waits once for a call. */
const STRANGER_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 60;

type Unit = readonly BookingsMessage[];

/**
 * bookings.fifo's consumer. The webhooks of one booking in a batch are one look. It asks FareHarbor first, unless the
 * webhook says what FareHarbor said last; where no call is left, the body serves (or the webhook waits, if FareHarbor itself told of the booking lately), and the
 * booking is noted to be verified.
 */
export function enrichment(world: World): FifoConsumer<BookingsMessage> {
  const { clock, plant } = world;
  const rule = {
    concurrency: plant.concurrency.enrichment,
    batchSize: 10,
    batchSeconds: OWN.batchSeconds.value,
    coldSeconds: OWN.coldSeconds.value,
    warmFor: OWN.warmFor.value,
    beginWithin: OWN.timeoutSeconds.value - OWN.worstEnrichment.value,
    unitsOf,
    begin: (unit: Unit) => begin(unit, world),
  };
  return new FifoConsumer(clock, world.bookings, rule, world.places);
}

/** Questions stand for themselves. */
function unitsOf(messages: Unit): readonly Unit[] {
  const webhooks = messages.filter(({ webhook }) => webhook !== undefined);
  const questions = messages.filter(({ webhook }) => webhook === undefined);
  return [...(webhooks.length > 0 ? [webhooks] : []), ...questions.map((question) => [question])];
}

function begin(unit: Unit, world: World): Work {
  const [first] = unit;
  if (first === undefined) return { seconds: 0, end: () => DONE };
  for (const message of unit) message.receives += 1;
  const { booking, webhook } = first;
  if (webhook === undefined) return verify(booking, world);
  const isRelevant = unit.some((message) => message.webhook?.isRelevant === true);
  if (!isRelevant && isComparedOnly(unit)) return compare(unit, world);
  if (world.takeCall(booking.company, 'live')) return look(unit, { isRelevant, isAnswered: true }, world);
  const waitSeconds = waitOf({ receives: first.receives, arrivedAt: unit.at(-1)?.arrivedAt ?? 0, booking });
  if (waitSeconds !== undefined) return goBack(waitSeconds, world);
  return look(unit, { isRelevant, isAnswered: false }, world);
}

/** A webhook alone that tells nothing new of what FareHarbor told, as functions/enrichment/truth/said-already.ts has it. */
export function isComparedOnly(unit: readonly Pick<BookingsMessage, 'booking'>[]): boolean {
  return unit.length === 1 && unit.every(({ booking }) => Number.isFinite(booking.answeredAt));
}

function compare(unit: Unit, world: World): Work {
  const { seconds } = serve(SERVICE.nothingNew, world.plant.memory.enrichment, world.chance);
  const end = (): Ending => {
    world.counts.lookedAt += unit.length;
    world.webhooksUnderWay -= unit.length;
    for (const { booking } of unit) hintLagging(booking, world);
    return DONE;
  };
  return { seconds, end };
}

/** What is behind is hinted again: a crash between writing and hinting looks the same. */
function hintLagging(booking: Booking, world: World): void {
  world.hint(
    booking,
    SINKS.filter((sink) => booking.synced[sink] < booking.version),
  );
}

/** Where no call is left, as functions/enrichment/truth/truth.ts has it. */
export interface Spent {
  /** How often the message was given out, this time included. */
  readonly receives: number;
  /** When the webhook reached us, in seconds. */
  readonly arrivedAt: number;
  readonly booking: Pick<Booking, 'known' | 'answeredAt'>;
}

/** Seconds that a webhook goes back for, without a call; undefined where its body is believed at once. */
export function waitOf({ receives, arrivedAt, booking }: Spent): number | undefined {
  if (receives >= OWN.patientReceives.value) return undefined;
  if (!booking.known) return receives > 1 ? undefined : STRANGER_WAIT_SECONDS;
  if (arrivedAt - booking.answeredAt >= OWN.latestRetrySeconds.value) return undefined;
  return Math.min(2 ** receives, LONGEST_WAIT_SECONDS);
}

function goBack(waitSeconds: number, world: World): Work {
  const seconds = serve(SERVICE.back, world.plant.memory.enrichment, world.chance).seconds;
  return { seconds, end: (): Ending => ({ kind: 'back', waitSeconds }) };
}

function look(
  unit: Unit,
  { isRelevant, isAnswered }: { isRelevant: boolean; isAnswered: boolean },
  world: World,
): Work {
  const { plant, clock, counts } = world;
  const { waits, cpuMs } = serviceOf(unit, isRelevant);
  const asked = { cpuMs, waits: { ...waits, fareharbor: isAnswered ? 1 : 0 } };
  const { seconds } = serve(asked, plant.memory.enrichment, world.chance);
  const end = (): Ending => {
    counts.lookedAt += unit.length;
    if (!isAnswered) counts.believed += unit.length;
    world.webhooksUnderWay -= unit.length;
    const [first] = unit;
    if (first === undefined) return DONE;
    const { booking } = first;
    noteOrSettle(booking, isAnswered, world);
    if (!isRelevant) {
      hintLagging(booking, world);
      return DONE;
    }
    booking.version += 1;
    booking.known = true;
    booking.answeredAt = isAnswered ? clock.now : Number.NEGATIVE_INFINITY;
    world.use('indexWrites', booking.version > Math.min(booking.synced.crm, booking.synced.marketing) + 1 ? 2 : 1);
    for (const message of unit) if (message.webhook?.isRelevant) noteChange(booking, message.arrivedAt, world);
    world.hint(booking);
    return DONE;
  };
  return { seconds, end };
}

function serviceOf(unit: Unit, isRelevant: boolean): Service {
  if (!isRelevant) return SERVICE.nothingNew;
  return unit[0]?.booking.known ? SERVICE.enrichment.later : SERVICE.enrichment.first;
}

function noteChange(booking: Booking, arrivedAt: number, world: World): void {
  world.counts.changes += 1;
  world.delays.enriched.add(world.clock.now - arrivedAt);
  for (const sink of SINKS) {
    booking.waiting[sink].push({ version: booking.version, arrivedAt });
    world.behind[sink].add(booking);
  }
}

/** The note is made before anything else, and each answer settles it; both are a write. */
function noteOrSettle(booking: Booking, isAnswered: boolean, world: World): void {
  world.use('noteWrites', OWN.noteWrites.value);
  if (isAnswered) world.notes.delete(booking);
  else world.notes.add(booking);
}

/** A question asks in the background; without a call its note stays. */
function verify(booking: Booking, world: World): Work {
  const { plant, counts, notes } = world;
  const short = serve(SERVICE.look, plant.memory.enrichment, world.chance).seconds;
  if (!notes.has(booking)) return { seconds: short, end: () => DONE };
  if (!world.takeCall(booking.company, 'background')) return { seconds: short, end: () => asked(booking, world) };
  const { cpuMs, waits } = SERVICE.nothingNew;
  const { seconds } = serve({ cpuMs, waits: { ...waits, fareharbor: 1 } }, plant.memory.enrichment, world.chance);
  const end = (): Ending => {
    world.use('noteWrites', OWN.noteWrites.value);
    notes.delete(booking);
    counts.verified += 1;
    return DONE;
  };
  return { seconds, end };
}

/** In vain: that is counted on the note, which tells reconcile. */
function asked(booking: Booking, world: World): Ending {
  world.use('noteWrites', OWN.noteWrites.value);
  booking.askedInVain += 1;
  return DONE;
}
