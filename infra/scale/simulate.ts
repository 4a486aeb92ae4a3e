import { chanceFrom } from './engine/chance.ts';
import { Clock } from './engine/clock.ts';
import type { FifoConsumer } from './engine/consumer.ts';
import type { Histogram } from './engine/histogram.ts';
import type { Usage } from './engine/usage.ts';
import { enrichment } from './enrichment.ts';
import { gateway } from './gateway.ts';
import { Load, type LoadRule } from './load.ts';
import type { Plant } from './plant.ts';
import { reconcile } from './reconcile.ts';
import { sinkOf } from './sinks.ts';
import { type Counts, SINKS, type SinkName, type Used, WITHIN_SECONDS, World } from './world.ts';

export interface Scene extends LoadRule {
  readonly plant: Plant;
  readonly seed: number;
}

/** Messages in each queue, and bookings noted to be verified. */
export interface Backlog extends Readonly<Record<'bookings' | SinkName | 'notes', number>> {}

/** What a run came to. */
export interface Outcome {
  readonly scene: Scene;
  readonly counts: Counts;
  /** Of what has arrived. */
  readonly delays: Readonly<Record<'enriched' | SinkName, Histogram>>;
  /** When half of the time was over, at its end, and the most of each that there was. */
  readonly halfway: Backlog;
  readonly backlog: Backlog;
  readonly largest: Backlog;
  /** Webhooks taken in and not yet looked at, and changes not yet at each sink: the counts must add up with these. */
  readonly underWay: Readonly<Record<'webhooks' | SinkName, number>>;
  readonly used: Readonly<Record<Used, Usage>>;
  /** Seconds of batches in work. */
  readonly busy: Readonly<Record<'enrichment' | SinkName, Usage>>;
  readonly sweepCalls: number;
  /** Share of all bookings that the largest company has. */
  readonly largestShare: number;
}

/** How often the queues are looked at: of a day, every ten minutes. */
const LOOKS = 144;
const NOTHING: Backlog = { bookings: 0, crm: 0, marketing: 0, notes: 0 };

/** Runs a deployment under a load, in virtual time: the same seed gives the same run. */
export function simulate(scene: Scene): Outcome {
  const clock = new Clock();
  const world = new World(clock, chanceFrom(scene.seed + 1), scene.plant);
  // The load has chances of its own, so that another setting meets the same webhooks.
  const load = new Load(clock, chanceFrom(scene.seed), scene, gateway(world));
  const consumers = {
    enrichment: enrichment(world),
    crm: sinkOf('crm', world),
    marketing: sinkOf('marketing', world),
  };
  const sweeping = reconcile(world, scene);
  load.start();
  const seen: Backlog[] = [];
  for (let look = 1; look <= LOOKS; look += 1) {
    clock.runUntil((scene.until * look) / LOOKS);
    seen.push(backlogOf(world));
  }
  countWaiting(world);
  const { counts, delays, used } = world;
  return {
    scene,
    counts,
    delays,
    halfway: seen[LOOKS / 2 - 1] ?? NOTHING,
    backlog: seen[LOOKS - 1] ?? NOTHING,
    largest: {
      bookings: Math.max(...seen.map(({ bookings }) => bookings)),
      crm: Math.max(...seen.map(({ crm }) => crm)),
      marketing: Math.max(...seen.map(({ marketing }) => marketing)),
      notes: Math.max(...seen.map(({ notes }) => notes)),
    },
    underWay: {
      webhooks: world.webhooksUnderWay,
      crm: counts.changes - counts.delivered.crm,
      marketing: counts.changes - counts.delivered.marketing,
    },
    used,
    busy: {
      enrichment: busyOf(consumers.enrichment),
      crm: busyOf(consumers.crm),
      marketing: busyOf(consumers.marketing),
    },
    sweepCalls: sweeping.calls,
    largestShare: load.shares[0] ?? 0,
  };
}

/** What waits for long already will arrive late, if it does. */
function countWaiting({ behind, counts, clock }: World): void {
  for (const sink of SINKS) {
    for (const { waiting } of behind[sink]) {
      counts.late[sink] += waiting[sink].filter(({ arrivedAt }) => clock.now - arrivedAt > WITHIN_SECONDS).length;
    }
  }
}

function busyOf<Message>({ busy }: FifoConsumer<Message>): Usage {
  return busy;
}

function backlogOf({ bookings, hints, notes }: World): Backlog {
  return { bookings: bookings.size, crm: hints.crm.size, marketing: hints.marketing.size, notes: notes.size };
}
