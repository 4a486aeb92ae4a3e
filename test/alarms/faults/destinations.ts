import { volumesTable } from '../../../shared/gate/volume/volumes.ts';
import { recordOf, settled, synced, tableName, until } from '../../pipeline/driver.ts';
import type { Rig } from '../local/rig.ts';
import type { Fault } from './fault.ts';
import { backdate, book, brought, COMPANY, restart, tell } from './steps.ts';

const SINKS = [
  { sink: 'crm', service: 'crm-sync', vendor: 'Salesforce' },
  { sink: 'marketing', service: 'marketing-sync', vendor: 'Mailchimp' },
] as const;
type Sink = (typeof SINKS)[number];

const other = ({ sink }: Sink): Sink => (sink === 'crm' ? SINKS[1] : SINKS[0]);
const HALF_AN_HOUR = 31;

/** What goes wrong between us and Salesforce or Mailchimp. */
export const DESTINATIONS: readonly Fault[] = [
  {
    what: 'Salesforce refuses a booking for good',
    fires: ['crm-sync-booking-parked'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const { server } = rig.stack.vendors.salesforce;
      const [uuid = ''] = book(rig);
      const body = [{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'a rule of the operator’s' }];
      server.fault({ route: 'composite', match: uuid, status: 400, body, times: 100 });
      await tell(rig, [uuid]);
      await rig.awaitMetric('crm-sync', 'BookingParked');
      await until('Mailchimp has it', () => synced(rig.stack, uuid, 'marketing'));
      await settled(rig.stack);
      server.clearFaults();
    },
  },
  {
    what: 'Mailchimp refuses an address for good',
    fires: ['marketing-sync-booking-parked'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const { uuid } = rig.stack.vendors.fareharbor.vendor.book({ contact: { email: 'fake@example.com' } });
      await tell(rig, [uuid]);
      await rig.awaitMetric('marketing-sync', 'BookingParked');
      await until('Salesforce has it', () => synced(rig.stack, uuid, 'crm'));
      await settled(rig.stack);
    },
  },
  {
    what: 'The operator’s Salesforce has used 99.6 % of its calls of the day',
    fires: ['crm-sync-salesforce-calls-used'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const { vendor } = rig.stack.vendors.salesforce;
      const used = 99_600 - vendor.usage;
      vendor.useCalls(used);
      await restart(rig, 'crm-sync');
      const uuids = book(rig);
      await tell(rig, uuids);
      await brought(rig, uuids);
      // Its answer told of the calls; what comes next reports them, and goes on where it is a cancellation.
      rig.begin();
      for (const uuid of uuids) rig.stack.vendors.fareharbor.vendor.cancel(uuid);
      await tell(rig, uuids);
      await rig.awaitMetric('crm-sync', 'SalesforceCallsUsed', (percent) => percent >= 70);
      await until('it is brought', async () => (await recordOf(rig.stack, uuids[0] ?? ''))?.version === 2);
      await brought(rig, uuids);
      vendor.useCalls(-used);
      await restart(rig, 'crm-sync');
    },
  },
  ...SINKS.map(late),
  ...SINKS.map(unsynced),
];

/** Twelve bookings reach the destination five minutes after their webhooks. */
function late(one: Sink): Fault {
  return {
    what: `A dozen bookings reach ${one.vendor} five minutes late`,
    fires: ['hour', 'now', '6h', '3d'].map((window) => `${one.service}-freshness-${window}`),
    also: ['destination-behind'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const uuids = await held(rig, one);
      await backdate(rig, uuids, 'receivedAt', 5);
      rig.begin();
      rig.refused.delete(one.service);
      await brought(rig, uuids);
      const metric = 'SyncLatency';
      await until('all are counted', () => rig.emitted(one.service, metric).filter((ms) => ms > 60_000).length >= 12);
    },
  };
}

/** Bookings of the last half hour did not reach the destination. */
function unsynced(one: Sink): Fault {
  return {
    what: `A booking has not reached ${one.vendor} for half an hour`,
    fires: [`reconcile-${one.sink}-unsynced-age`],
    lasts: { kind: 'waits', minutes: 60, backdated: HALF_AN_HOUR },
    produce: async (rig) => {
      const uuids = await held(rig, one, 1);
      await backdate(rig, uuids, 'changedAt', HALF_AN_HOUR);
      rig.begin();
      await rig.reconcile();
      const metric = one.sink === 'crm' ? 'CrmUnsyncedAge' : 'MarketingUnsyncedAge';
      await rig.awaitMetric('reconcile', metric, (ms) => ms > HALF_AN_HOUR * 60_000);
      rig.refused.delete(one.service);
      await brought(rig, uuids);
    },
  };
}

/** Bookings that one destination does not get, since its function is not run, and the other one has. */
async function held(rig: Rig, one: Sink, count = 12): Promise<string[]> {
  rig.refused.add(one.service);
  const uuids = book(rig, count);
  await tell(rig, uuids);
  for (const uuid of uuids) await until('the other has it', () => synced(rig.stack, uuid, other(one).sink));
  return uuids;
}

/** What is left over in a stack after these: the destinations are paused. So they come last. */
export const PAUSING: readonly Fault[] = [
  {
    what: 'Bookings of one company go round in a circle, thousands within an hour',
    fires: SINKS.map(({ service }) => `${service}-volume-abnormal`),
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const hour = new Date().toISOString().slice(0, 13);
      const volumes = volumesTable(rig.stack.dynamoDb, tableName(rig.stack, 'OPERATIONS_TABLE'));
      for (const { sink } of SINKS) await volumes.add({ sink, company: COMPANY, hour }, 6_000);
      const uuids = book(rig, 51);
      await tell(rig, uuids);
      for (const { service } of SINKS) await rig.awaitMetric(service, 'VolumeAbnormal');
    },
  },
  {
    what: 'A person, or the volume breaker, paused a destination an hour ago',
    fires: ['reconcile-sinks-paused'],
    lasts: { kind: 'held', minutes: 90 },
    produce: async (rig) => {
      await rig.reconcile();
      await rig.awaitMetric('reconcile', 'SinksPaused', (paused) => paused > 0);
    },
  },
];
