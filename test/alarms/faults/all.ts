import { ARRIVING } from './arriving.ts';
import { DESTINATIONS, PAUSING } from './destinations.ts';
import { FAILING } from './failing.ts';
import type { Fault } from './fault.ts';
import { LIMITS } from './limits.ts';
import { OUTAGES } from './outages.ts';
import { QUEUED } from './queues.ts';

/** In an order in which none sees what another one left; the last ones leave the stack unusable. */
export const FAULTS: readonly Fault[] = [
  ...ARRIVING,
  ...FAILING,
  ...DESTINATIONS,
  ...LIMITS,
  ...OUTAGES,
  ...PAUSING,
  ...QUEUED,
];
