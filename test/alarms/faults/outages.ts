import { GATE_KIND } from '../../../shared/gate/gate-items.ts';
import { settled, until } from '../../pipeline/driver.ts';
import type { Rig } from '../local/rig.ts';
import type { Fault } from './fault.ts';
import { book, brought, forget, restart, tell } from './steps.ts';

const SINKS = [
  { service: 'crm-sync', vendor: 'salesforce', called: 'Salesforce' },
  { service: 'marketing-sync', vendor: 'mailchimp', called: 'Mailchimp' },
] as const;

/** A vendor as a whole does not work. What stepped aside comes back later, so nothing is waited for after these. */
export const OUTAGES: readonly Fault[] = [
  {
    what: 'The model does not answer for a day, and four bookings wait to be read',
    fires: ['reconcile-catch-ups-pending', 'enrichment-model-failing', 'enrichment-model-fallback'],
    lasts: { kind: 'held', minutes: 720 },
    produce: async (rig) => {
      const { server } = rig.stack.vendors.openai;
      server.fault({ route: '*', status: 503, body: 'down', times: 1_000 });
      const uuids = book(rig, 4, 'It is our honeymoon, and we are vegan.');
      await tell(rig, uuids);
      await brought(rig, uuids);
      await rig.reconcile();
      await rig.awaitMetric('reconcile', 'CatchUpsPending', (pending) => pending >= 3);
      server.clearFaults();
      await forget(rig, 'catch-up');
      await settled(rig.stack);
    },
  },
  ...SINKS.map(
    ({ service, vendor, called }): Fault => ({
      what: `${called} answers 503 to everything`,
      fires: [`${service}-${vendor}-failing`, 'reconcile-circuits-open', 'destination-behind'],
      lasts: { kind: 'held', minutes: 30 },
      produce: async (rig) => {
        const { server } = rig.stack.vendors[vendor];
        const opened = () => rig.stack.logs(service).filter((line) => line.includes('circuit.opened')).length;
        const before = opened();
        server.fault({ route: '*', status: 503, times: 100_000 });
        await tell(rig, book(rig, 8));
        await until('the circuit is open', () => opened() > before);
        await rig.reconcile();
        await rig.awaitMetric('reconcile', 'CircuitsOpen', (open) => open > 0);
        server.clearFaults();
        await closeCircuits(rig, service);
      },
    }),
  ),
  {
    what: 'Salesforce does not let us in: the client’s secret was changed there',
    fires: ['crm-sync-salesforce-sign-in-failed'],
    lasts: { kind: 'held', minutes: 60, every: 5 },
    produce: async (rig) => {
      const { server } = rig.stack.vendors.salesforce;
      const body = { error: 'invalid_client', error_description: 'invalid client credentials' };
      server.fault({ route: 'token', status: 400, body, times: 1_000 });
      await forget(rig, 'session');
      await restart(rig, 'crm-sync');
      rig.begin();
      await tell(rig, book(rig));
      await rig.awaitMetric('crm-sync', 'SalesforceSignInFailed');
      server.clearFaults();
      await closeCircuits(rig, 'crm-sync');
    },
  },
];

/** A circuit closes by probes, the first after a quarter of a minute; here it is taken away. */
async function closeCircuits(rig: Rig, service: string): Promise<void> {
  await forget(rig, GATE_KIND);
  await restart(rig, service);
}
