import { VERIFY_KIND } from '../../../shared/webhook/verification.ts';
import { recordOf, until } from '../../pipeline/driver.ts';
import type { Rig } from '../local/rig.ts';
import type { Fault } from './fault.ts';
import { book, brought, forget, tell } from './steps.ts';

/** Who calls a vendor, by what its alarms and its metrics are called. */
const VENDORS = [
  { vendor: 'salesforce', service: 'crm-sync', called: 'Salesforce', slowMs: 6_000 },
  { vendor: 'mailchimp', service: 'marketing-sync', called: 'Mailchimp', slowMs: 3_000 },
  { vendor: 'fareharbor', service: 'enrichment', called: 'FareHarbor', slowMs: 2_500 },
  { vendor: 'openai', service: 'enrichment', called: 'Model', slowMs: 3_000 },
] as const;
type Watched = (typeof VENDORS)[number];

const alarmOf = ({ vendor, service }: Watched, what: string): string =>
  `${service}-${vendor === 'openai' ? 'model' : vendor}-${what}`;

/** What vendors do beside failing altogether: they refuse us for our number, or are slow. */
export const LIMITS: readonly Fault[] = [
  {
    what: 'Each vendor answers slowly, within what a call may take',
    fires: VENDORS.map((one) => alarmOf(one, 'slow')),
    lasts: { kind: 'held', minutes: 60, times: 20 },
    produce: async (rig) => {
      const slow = (some: readonly Watched[]): void => {
        for (const { vendor, slowMs } of some) {
          rig.stack.vendors[vendor].server.fault({ route: '*', delayMs: slowMs + 100, times: 1 });
        }
      };
      // One booking is brought slowly while another one is read slowly: together it takes half the time.
      const [first = '', second = ''] = book(rig, 2, 'Is there a place to leave our bags?');
      slow(VENDORS.slice(0, 2));
      await tell(rig, [first]);
      await until('it is read', async () => (await recordOf(rig.stack, first)) !== undefined);
      slow(VENDORS.slice(2));
      await tell(rig, [second]);
      await brought(rig, [first, second]);
      for (const { service, called, slowMs } of VENDORS) {
        await rig.awaitMetric(service, `${called}Latency`, (ms) => ms >= slowMs);
      }
    },
  },
  {
    what: 'FareHarbor answers 503 to everything',
    fires: ['enrichment-fareharbor-failing'],
    lasts: { kind: 'held', minutes: 60 },
    produce: async (rig) => {
      const { server } = rig.stack.vendors.fareharbor;
      server.fault({ route: '*', status: 503, times: 1_000 });
      const uuids = book(rig);
      await tell(rig, uuids);
      await until('it is given up', () => rig.emitted('enrichment', 'FareHarborFailed').length >= 3);
      await brought(rig, uuids);
      server.clearFaults();
      await forget(rig, VERIFY_KIND);
    },
  },
  ...VENDORS.map(
    (one): Fault => ({
      what: `${one.vendor === 'openai' ? 'The model' : one.called} refuses calls for their number (429)`,
      fires: [alarmOf(one, 'limiting')],
      also: one.vendor === 'openai' ? ['enrichment-model-fallback'] : [],
      lasts: { kind: 'held', minutes: 60 },
      produce: (rig) => limits(rig, one),
    }),
  ),
];

/** The vendor refuses one call of a booking, and takes the next one. */
async function limits(rig: Rig, { vendor, service, called }: Watched): Promise<void> {
  const { server } = rig.stack.vendors[vendor];
  server.fault({ route: '*', status: 429, body: 'no', times: 1 });
  const uuids = book(rig, 1, 'We bring our own snorkels.');
  await tell(rig, uuids);
  await rig.awaitMetric(service, `${called}Throttled`);
  server.clearFaults();
  await brought(rig, uuids);
}
