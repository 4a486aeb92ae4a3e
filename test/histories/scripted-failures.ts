import { subscriberHash } from '../vendors/mailchimp/contact.ts';
import type { FaultKind } from './history.ts';
import { addressOf, script } from './play.ts';
import { violationsOf } from './violations.ts';
import type { OpenWorld } from './world.ts';

/** Seconds between two changes of a booking: enough for the retries that a script causes. */
const EVERY = 90;

/** What a vendor answers to the tries of one change before it does what it is asked. */
const SCRIPTS: Readonly<Record<'salesforce' | 'mailchimp', readonly (readonly FaultKind[])[]>> = {
  salesforce: [[], ['500', '500'], [], ['lock'], ['commit-then-drop'], ['503', 'lock', '500'], [], ['session-expired']],
  mailchimp: [[], [], ['500', '500'], ['commit-then-drop'], [], ['429'], ['event-then-drop'], ['403', '503']],
};

/**
 * Lets each guest's booking change that often, each change with its own script of failures at both vendors.
 * @returns violations of the model (versions that fell among them), and how many requests were made to fail.
 */
export async function playScriptedFailures(
  open: OpenWorld,
  { guests, changes }: { readonly guests: number; readonly changes: number },
): Promise<{ violations: string[]; failed: number }> {
  const world = await open({ apiAccess: false, dice: 1, lostDeletions: 0, budget: 'ample' });
  const { time, vendors } = world;
  const { fareharbor } = vendors;
  const uuids = Array.from({ length: guests }, (_, guest) => {
    const contact = { name: `Guest ${guest}`, email: addressOf(guest), phone: '', emailConsent: true };
    return fareharbor.book({ contact }).uuid;
  });
  const failNext = (vendor: keyof typeof SCRIPTS, row: number, match: string): void => {
    const scripts = SCRIPTS[vendor];
    for (const kind of scripts[row % scripts.length] ?? []) script({ vendor, kind, times: 1 }, world, match);
  };
  const happen = (uuid: string, guest: number, change: number): void => {
    failNext('salesforce', guest * 3 + change, uuid);
    failNext('mailchimp', guest * 3 + change, subscriberHash(addressOf(guest)));
    if (change > 0) fareharbor.edit(uuid, { party: { Adult: 1 + (change % 7) } });
    world.arrive(fareharbor.bodyOf(uuid, 'optimized'));
  };
  for (let change = 0; change < changes; change += 1) {
    for (const [guest, uuid] of uuids.entries()) {
      time.after(change * EVERY * 1000 + guest * 211, () => happen(uuid, guest, change));
    }
  }
  await time.run(Number.POSITIVE_INFINITY);
  const violations = await violationsOf(world);
  const requests = Object.values(vendors.servers).flatMap((server) => server.requests);
  return { violations, failed: requests.filter(({ status }) => status !== 200 && status !== 204).length };
}
