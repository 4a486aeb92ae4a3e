import type { Published } from '../cloudwatch/timeline.ts';
import type { Rig } from '../local/rig.ts';

/** How what was produced once on the local stack is put on the simulated time line. */
export type Lasting =
  /** It happened once. */
  | { readonly kind: 'once' }
  /** It goes on for so long: what was published comes again every so many minutes, so many times each (1 by default). */
  | { readonly kind: 'held'; readonly minutes: number; readonly every?: number; readonly times?: number }
  /**
   * What waits grows older: ages that were published grow by a minute each minute, all else is repeated. Where the
   * waiting was backdated on the local stack, the figure that was published stands at that minute.
   */
  | { readonly kind: 'waits'; readonly minutes: number; readonly backdated?: number };

/** Something that goes wrong, and the alarms it has to set off. */
export interface Fault {
  /** As the person on call would say it. */
  readonly what: string;
  /** Alarms without `harborlight-<stage>-`. Each must go off where the stage has it. */
  readonly fires: readonly string[];
  /** Others that go off along with it. Any more than these is a failure. */
  readonly also?: readonly string[];
  readonly lasts: Lasting;
  /** What of ordinary times ends with it: webhooks that come through, or the runs of reconcile. */
  readonly stops?: readonly ('webhooks' | 'reconcile')[];
  /** Produces it on the local stack. What is published from its last `begin` on is what is looked at. */
  readonly produce: (rig: Rig) => Promise<void>;
}

/** What a fault published when it was produced, or why it could not be. */
export interface Produced {
  readonly fault: Fault;
  readonly published: readonly Published[];
  readonly failure?: unknown;
}

/** Produces faults one after the other. One that cannot be produced does not keep the next ones from it. */
export async function produceAll(rig: Rig, faults: readonly Fault[]): Promise<Produced[]> {
  const all: Produced[] = [];
  for (const fault of faults) {
    try {
      rig.begin();
      await fault.produce(rig);
      all.push({ fault, published: await rig.published() });
    } catch (failure) {
      all.push({ fault, published: [], failure });
      rig.mend();
    }
  }
  return all;
}
