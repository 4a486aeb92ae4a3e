import type { Consumer } from '../../fifo/consumer.ts';
import { hintSchema } from '../../fifo/hint.ts';
import { errorFacts, type Log, type Meter } from '../../observability/logger.ts';
import { METRIC } from '../../observability/metric-names.ts';
import type { SinkName } from '../../records/booking-record.ts';
import type { CompanySettings } from '../../settings/settings.ts';
import { closedLately } from '../circuit/circuit.ts';
import { circuitOf, type Gate } from '../gate.ts';
import type { Pause } from '../pause/pauses.ts';
import { hourOf, type VolumeHour, type Volumes } from './volumes.ts';

export interface VolumeDeps {
  readonly sink: SinkName;
  /** A company's settings; undefined for one that is not in them. */
  readonly ruleOf: (company: string) => CompanySettings['volume'] | undefined;
  readonly volumes: Volumes;
  readonly readGate: () => Promise<Gate>;
  /** Pauses the sink for a company. @returns false where it was paused already. */
  readonly pause: (pause: Pause) => Promise<boolean>;
  /** How many answers the vendor has given in this execution environment. */
  readonly answers: () => number;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** Writes counted here before they are added to the others': what is lost with an environment that ends. */
const MOST_PENDING = 50;
const LONGEST_PENDING_MS = 30_000;

/** Writes of this environment that the others do not know of. */
interface Pending {
  readonly hour: VolumeHour;
  readonly since: number;
  writes: number;
}

/**
 * A consumer whose writes are counted, one for each message that its vendor was asked for. When a company's writes of
 * an hour are far more than usual, something goes round in a circle: its sink is paused until a person has looked. The
 * count must stop nothing by itself: where it cannot be kept, messages go on.
 */
export function watchVolume(consumer: Consumer, deps: VolumeDeps): Consumer {
  const pending = new Map<string, Pending>();

  const flush = async ({ hour, writes }: Pending): Promise<void> => {
    try {
      const total = await deps.volumes.add(hour, writes);
      await judge(hour, total, deps);
    } catch (error) {
      deps.log.warn('volume.uncounted', { sink: hour.sink, company: hour.company, ...errorFacts(error) });
    }
  };

  const count = async (company: string): Promise<void> => {
    const at = deps.now();
    const hour = { sink: deps.sink, company, hour: hourOf(at) };
    const held = pending.get(company);
    if (held !== undefined && held.hour.hour !== hour.hour) {
      pending.delete(company);
      await flush(held);
    }
    const counted = pending.get(company) ?? { hour, since: at.getTime(), writes: 0 };
    counted.writes += 1;
    pending.set(company, counted);
    if (counted.writes < MOST_PENDING && at.getTime() - counted.since < LONGEST_PENDING_MS) return;
    pending.delete(company);
    await flush(counted);
  };

  return {
    ...consumer,
    async handle(message) {
      const before = deps.answers();
      try {
        await consumer.handle(message);
      } finally {
        if (deps.answers() > before) await count(hintSchema.parse(JSON.parse(message.body)).company);
      }
    },
  };
}

/** Pauses where an hour's writes are abnormal, and nothing explains them. */
async function judge(hour: VolumeHour, total: number, deps: VolumeDeps): Promise<void> {
  const { sink, company } = hour;
  const rule = deps.ruleOf(company);
  if (rule === undefined || total <= rule.atLeast) return;
  const usual = await deps.volumes.largestBefore(hour);
  const now = deps.now();
  if (total <= rule.times * usual || isExplained(await deps.readGate(), hour, now)) return;
  const reason = `${total} bookings were brought for ${company} in the hour from ${hour.hour}:00 UTC; the most in an hour of the last 7 days was ${usual}`;
  if (!(await deps.pause({ id: sink, company, by: 'volume breaker', since: now.toISOString(), reason }))) return;
  await deps.volumes.markAbnormal(hour);
  deps.meter.count(METRIC.volumeAbnormal);
  deps.log.error('volume.abnormal', { sink, company, total, usual });
}

/** What waited for a person, or for the vendor, comes at once when it may. */
function isExplained(gate: Gate, { sink, company }: VolumeHour, now: Date): boolean {
  const circuit = circuitOf(gate, sink, company);
  const allowed = gate.allowances.some((one) => one.sink === sink && Date.parse(one.until) > now.getTime());
  return allowed || (circuit !== undefined && closedLately(circuit, now.getTime()));
}
