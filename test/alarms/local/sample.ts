import type { Published } from '../cloudwatch/timeline.ts';
import { book, brought, tell } from '../faults/steps.ts';
import type { Rig } from './rig.ts';

/** What the stack publishes when all is well, as a real run of it did. */
export interface Sample {
  /** By webhook, all that it led to. */
  readonly webhooks: readonly (readonly Published[])[];
  /** Of twenty webhooks at once. */
  readonly burst: readonly Published[];
  /** Of a run of reconcile that finds nothing to do. */
  readonly idle: readonly Published[];
}

const BOOKINGS = 6;
const BURST = 20;

/** Runs bookings, changes, cancellations and reminders through the stack, one by one, and a burst of new bookings. */
export async function takeSample(rig: Rig): Promise<Sample> {
  const { vendor } = rig.stack.vendors.fareharbor;
  const webhooks: (readonly Published[])[] = [];
  const one = async (uuid: string): Promise<void> => {
    rig.begin();
    await tell(rig, [uuid]);
    await brought(rig, [uuid]);
    webhooks.push(await rig.published());
  };
  // The first ones start processes and sign in: no minute of a day is like that.
  const [first = ''] = book(rig);
  await tell(rig, [first]);
  await brought(rig, [first]);
  await rig.reconcile();
  for (const [index, uuid] of book(rig, BOOKINGS, 'We look forward to it.').entries()) {
    await one(uuid);
    vendor.edit(uuid, { note: `We come by car ${index}` });
    await one(uuid);
    vendor.remind(uuid);
    await one(uuid);
    if (index % 4 === 0) {
      vendor.cancel(uuid);
      await one(uuid);
    }
  }
  rig.begin();
  const many = book(rig, BURST);
  await tell(rig, many);
  await brought(rig, many);
  const burst = await rig.published();
  rig.begin();
  await rig.reconcile();
  return { webhooks, burst, idle: await rig.published() };
}
