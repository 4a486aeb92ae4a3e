import { setTimeout as pause } from 'node:timers/promises';
import { deliverBooking } from '../../pipeline/driver.ts';
import type { Rig } from '../local/rig.ts';
import type { Fault } from './fault.ts';
import { book } from './steps.ts';

/** Timeouts are so many times shorter in the stack that these are produced on, and durations told as much longer. */
export const SLOW_TIME_SCALE = 3;
/** Of the timeout: over the alarm's threshold, and not a failure. */
const SHARE = 0.82;
const DAY_MINUTES = 1_440;
const NO_MESSAGES = { Records: [] };

const CALLS: Readonly<Record<string, (rig: Rig) => Promise<unknown>>> = {
  ingest: async (rig) => await deliverBooking(rig.stack, book(rig)[0] ?? ''),
  enrichment: (rig) => rig.functionNamed('enrichment').invoke(NO_MESSAGES),
  'crm-sync': (rig) => rig.functionNamed('crm-sync').invoke(NO_MESSAGES),
  'marketing-sync': (rig) => rig.functionNamed('marketing-sync').invoke(NO_MESSAGES),
  reconcile: (rig) => rig.functionNamed('reconcile').invoke({}),
};

/** Functions that come near their timeouts. Nothing is brought in this stack, and only they are looked at. */
export const SLOW: readonly Fault[] = [
  {
    what: `Each function takes ${SHARE * 100} % of its timeout`,
    fires: Object.keys(CALLS).map((service) => `${service}-duration`),
    lasts: { kind: 'held', minutes: 30 },
    produce: async (rig) => {
      // What only a schedule calls has no process yet, and a first call takes longer than others.
      for (const call of Object.values(CALLS)) await call(rig);
      rig.begin();
      await Promise.all(Object.entries(CALLS).map(([service, call]) => slowed(rig, service, call)));
    },
  },
  {
    what: 'Sixty runs of enrichment of 25 seconds each are paid for every minute, for a day',
    fires: ['spending'],
    also: ['enrichment-duration'],
    lasts: { kind: 'held', minutes: DAY_MINUTES, times: 60 },
    produce: (rig) => slowed(rig, 'enrichment', (given) => given.functionNamed('enrichment').invoke(NO_MESSAGES)),
  },
];

/** Has a function stand still while it is called, for most of what it is allowed. */
async function slowed(rig: Rig, service: string, call: (rig: Rig) => Promise<unknown>): Promise<void> {
  const { timeoutMs } = rig.functionNamed(service).definition;
  await rig.frozen(
    service,
    () => call(rig),
    () => pause(SHARE * timeoutMs),
  );
}
