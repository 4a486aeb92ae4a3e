import { FAULTS } from './faults/all.ts';
import { type Produced, produceAll } from './faults/fault.ts';
import { SLOW, SLOW_TIME_SCALE } from './faults/slow.ts';
import { type Rig, startRig } from './local/rig.ts';
import { type Sample, takeSample } from './local/sample.ts';

/** What the local stack published: when all was well, and with each fault. */
export interface Rehearsal {
  readonly sample: Sample;
  readonly produced: readonly Produced[];
}

/** Runs ordinary traffic and every fault on the local stack. @param assembly of the stage `dev`. */
export async function rehearse(assembly: string): Promise<Rehearsal> {
  const run = async <Result>(options: Parameters<typeof startRig>[1], work: (rig: Rig) => Promise<Result>) => {
    const rig = await startRig(assembly, options);
    try {
      return await work(rig);
    } finally {
      await rig.close();
    }
  };
  // The slow ones do nothing but wait, so the other stack has the machine to itself.
  const [ordinary, slow] = await Promise.allSettled([
    run({}, async (rig) => ({ sample: await takeSample(rig), produced: await produceAll(rig, FAULTS) })),
    run({ timeScale: SLOW_TIME_SCALE, consume: false }, (rig) => produceAll(rig, SLOW)),
  ]);
  if (ordinary.status === 'rejected') throw ordinary.reason;
  if (slow.status === 'rejected') throw slow.reason;
  return { sample: ordinary.value.sample, produced: [...ordinary.value.produced, ...slow.value] };
}
