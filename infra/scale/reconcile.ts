import { PACE } from '../../functions/reconcile/verify/ask-in-pace.ts';
import { LATENCY_MS, OWN, TRAFFIC } from './facts.ts';
import type { Booking } from './load.ts';
import type { World } from './world.ts';

const MINUTE = 60;
const TICK = 0.1;
/** While other work takes all calls. */
const SPENT_PAUSE = 0.2;

/** What the sweep's rounds came to. */
export interface Sweeping {
  /** Calls made. */
  calls: number;
}

/** Calls of one round of one company: who we are, its items, each item's days in two ranges, and each departure's bookings. */
export function callsOfSweep(): number {
  const { items, departures } = TRAFFIC;
  const ranges = Math.ceil(OWN.sweepDays.value / 10);
  return 2 + items.value * ranges + items.value * departures.value * OWN.sweepDays.value;
}

/** Seconds of one call of the sweep: the list, the records it names, and its place written down. */
const SWEEP_CALL_SECONDS = (LATENCY_MS.fareharbor + 2 * LATENCY_MS.dynamodb) / 1000;

/** Calls that the sweep can make in the time between two rounds, where nobody else needs them. */
export function mostSweepCalls(): number {
  return (OWN.sweepEverySeconds.value / MINUTE) * Math.floor(OWN.sweepSecondsPerMinute.value / SWEEP_CALL_SECONDS);
}

/** Companies that a round can be made for in time. */
export function mostSwept(): number {
  return Math.floor(mostSweepCalls() / callsOfSweep());
}

/** Every minute: a slice of the sweep, and then questions for what is noted to be verified. */
export function reconcile(world: World, { companies, until }: { companies: number; until: number }): Sweeping {
  const { clock } = world;
  const sweeping: Sweeping = { calls: 0 };
  let toList = 0;
  const run = (): void => {
    const begun = clock.now;
    toList = Math.min(
      toList + (companies * callsOfSweep() * MINUTE) / OWN.sweepEverySeconds.value,
      companies * callsOfSweep(),
    );
    const sweepUntil = begun + OWN.sweepSecondsPerMinute.value;
    const sweep = (): void => {
      if (toList < 1 || clock.now >= sweepUntil) {
        verifyNoted(world, begun + OWN.verifyUntilSecond.value);
      } else if (world.takeCall(sweeping.calls % companies, 'background')) {
        toList -= 1;
        sweeping.calls += 1;
        clock.after(SWEEP_CALL_SECONDS, sweep);
      } else clock.after(SPENT_PAUSE, sweep);
    };
    sweep();
    if (begun + MINUTE <= until) clock.after(MINUTE, run);
  };
  clock.after(MINUTE * 0.5, run);
  return sweeping;
}

/** Puts questions as `askInPace` does: few at a time, a little faster than calls come back, until a whole window got none. */
function verifyNoted(world: World, until: number): void {
  const { clock, notes } = world;
  const due = [...firstOf(notes, PACE.perSecond * MINUTE)];
  if (due.length === 0) return;
  let open: { readonly booking: Booking; readonly tries: number; readonly at: number }[] = [];
  let allowance = 1;
  let inVain = 0;
  const tick = (): void => {
    const before = open.length;
    const tried = open.filter(({ booking, tries }) => notes.has(booking) && booking.askedInVain > tries);
    open = open.filter(({ booking, tries, at }) => {
      return notes.has(booking) && booking.askedInVain === tries && clock.now - at < PACE.patienceMs / 1000;
    });
    due.push(...tried.map(({ booking }) => booking));
    inVain = before - open.length > tried.length ? 0 : inVain + tried.length;
    allowance = Math.min(PACE.burst, allowance + TICK * PACE.perSecond);
    for (; allowance >= 1 && open.length < PACE.window; allowance -= 1) {
      const booking = due.shift();
      if (booking === undefined) break;
      open.push({ booking, tries: booking.askedInVain, at: clock.now });
      world.use('sqsSends', 1);
      world.bookings.send(booking.id, { booking, webhook: undefined, arrivedAt: clock.now, receives: 0 });
    }
    if (inVain >= PACE.window || clock.now >= until || open.length + due.length === 0) return;
    clock.after(TICK, tick);
  };
  tick();
}

function* firstOf(notes: ReadonlySet<Booking>, most: number): Iterable<Booking> {
  let left = most;
  for (const booking of notes) {
    if (left <= 0) return;
    left -= 1;
    yield booking;
  }
}
