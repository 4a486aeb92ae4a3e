import { randomUUID } from 'node:crypto';
import { vendorEnvironment } from '../../../infra/local/vendor-set.ts';
import { LAST_WEBHOOK_KIND } from '../../../shared/webhook/last-webhook.ts';
import { deliver, deliverBooking, recordOf, settled, until } from '../../pipeline/driver.ts';
import type { Rig } from '../local/rig.ts';
import type { Fault } from './fault.ts';
import { book, brought, COMPANY, forget, putOperation, restart, tell } from './steps.ts';

const HOUR_MS = 3_600_000;
const DAY_MINUTES = 1_440;
/** Longer than the four hours that a company is silent by its settings before somebody is told. */
const SILENT_HOURS = 5;

/** What goes wrong with webhooks on their way in, and with asking FareHarbor about them. */
export const ARRIVING: readonly Fault[] = [
  {
    what: 'Six webhooks come with a wrong key',
    fires: ['ingest-webhook-rejected'],
    lasts: { kind: 'once' },
    produce: async ({ stack, awaitMetric }) => {
      const wrong = `${stack.url}/webhooks/fareharbor/not-the-key-at-all`;
      for (let sent = 0; sent < 6; sent += 1) await deliver(stack, '{}', wrong);
      await awaitMetric('ingest', 'WebhookRejected');
    },
  },
  {
    what: 'The webhook key was rotated, and FareHarbor calls with the old one for days',
    fires: ['ingest-webhook-old-key'],
    lasts: { kind: 'held', minutes: DAY_MINUTES + 60, every: 30 },
    produce: async (rig) => {
      const { stack } = rig;
      const [secret] = stack.plan.secrets.filter(({ name }) => name.endsWith('/webhook'));
      stack.secrets.put(secret?.name ?? '', { current: 'the-new-webhook-key-of-today', previous: stack.webhookKey });
      await restart(rig, 'ingest');
      const uuids = book(rig);
      await tell(rig, uuids);
      await rig.awaitMetric('ingest', 'WebhookOldKey');
      await brought(rig, uuids);
      stack.secrets.put(secret?.name ?? '', { current: stack.webhookKey });
      await restart(rig, 'ingest');
    },
  },
  {
    what: 'A webhook is not JSON',
    fires: ['ingest-webhook-quarantined'],
    lasts: { kind: 'once' },
    produce: async ({ stack, awaitMetric }) => {
      await deliver(stack, 'not json at all');
      await awaitMetric('ingest', 'WebhookQuarantined');
    },
  },
  {
    what: 'A webhook tells of a company that is not in the settings',
    fires: ['enrichment-webhook-quarantined'],
    lasts: { kind: 'once' },
    produce: async ({ stack, awaitMetric }) => {
      await deliver(stack, JSON.stringify({ booking: { uuid: randomUUID(), company: { shortname: 'strangers' } } }));
      await awaitMetric('enrichment', 'WebhookQuarantined');
    },
  },
  {
    what: 'A booking goes back to an earlier state four times where FareHarbor cannot be asked',
    fires: ['enrichment-booking-returned'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const { vendor } = rig.stack.vendors.fareharbor;
      const [uuid = ''] = book(rig);
      const bodies = [vendor.bodyOf(uuid)];
      vendor.edit(uuid, { note: 'We come a little later.' });
      bodies.push(vendor.bodyOf(uuid));
      await withoutApi(rig, async () => {
        for (let round = 0; round < 6; round += 1) {
          await deliver(rig.stack, bodies[round % 2] ?? '');
          await until('it is taken', async () => (await recordOf(rig.stack, uuid))?.version === round + 1);
        }
        await until('it is counted', () => rig.emitted('enrichment', 'BookingReturned').length >= 4);
      });
      await brought(rig, [uuid]);
    },
  },
  {
    what: 'FareHarbor refuses our API keys',
    fires: ['enrichment-fare-harbor-keys-rejected'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const { server } = rig.stack.vendors.fareharbor;
      server.fault({ route: '*', status: 403, body: { code: 'user-key-invalid' }, times: 100 });
      const uuids = book(rig);
      await tell(rig, uuids);
      await rig.awaitMetric('enrichment', 'FareHarborKeysRejected');
      await brought(rig, uuids);
      server.clearFaults();
    },
  },
  {
    what: 'Two bookings were never told of, and the sweep finds them',
    fires: ['enrichment-bookings-found-by-sweep'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const uuids = book(rig, 2);
      const then = new Date(Date.now() - 7 * HOUR_MS).toISOString();
      const day = then.slice(0, 10);
      const swept = { company: COMPANY, startedAt: then, finishedAt: then, round: 1, from: day, to: day, noted: 0 };
      await putOperation(rig, { kind: 'sweep', id: COMPANY, ...swept });
      await until('they are found', async () => {
        await rig.reconcile();
        return (await recordOf(rig.stack, uuids[1] ?? '')) !== undefined;
      });
      await brought(rig, uuids);
      await rig.awaitMetric('enrichment', 'BookingsFoundBySweep');
    },
  },
  {
    what: 'The model has used 90 % of the day’s budget',
    fires: ['enrichment-model-budget-used'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const id = `${COMPANY}#${new Date().toISOString().slice(0, 10)}`;
      await putOperation(rig, { kind: 'model-budget', id, spentMicroUsd: 4_500_000 });
      const uuids = book(rig, 1, 'One of us cannot swim, is that a problem?');
      await tell(rig, uuids);
      await rig.awaitMetric('enrichment', 'ModelBudgetUsed', (percent) => percent >= 90);
      await brought(rig, uuids);
      await forget(rig, 'model-budget');
    },
  },
  {
    what: 'FareHarbor has switched the webhook off, at ten in the morning',
    fires: ['reconcile-webhook-silence', 'webhook-silence'],
    lasts: { kind: 'waits', minutes: 1_700, backdated: SILENT_HOURS * 60 },
    stops: ['webhooks'],
    produce: async (rig) => {
      const at = new Date(Date.now() - SILENT_HOURS * HOUR_MS).toISOString();
      await putOperation(rig, { kind: LAST_WEBHOOK_KIND, id: COMPANY, company: COMPANY, at });
      rig.begin();
      await rig.reconcile();
      await rig.awaitMetric('reconcile', 'WebhookSilence', (percent) => percent > 100);
      await forget(rig, LAST_WEBHOOK_KIND);
    },
  },
  {
    what: 'Somebody else has the webhook key and invents 40 bookings',
    fires: ['enrichment-strangers-held'],
    lasts: { kind: 'once' },
    produce: async (rig) => {
      const { stack } = rig;
      const [known = ''] = book(rig);
      const body = stack.vendors.fareharbor.vendor.bodyOf(known);
      await Promise.all(Array.from({ length: 40 }, () => deliver(stack, body.replaceAll(known, randomUUID()))));
      await rig.awaitMetric('enrichment', 'StrangersHeld');
      await settled(stack, 60_000);
      for (const kind of ['strangers', 'verify']) await forget(rig, kind);
      await restart(rig, 'enrichment');
    },
  },
];

/** While this works, there is no API access to FareHarbor. */
async function withoutApi(rig: Rig, work: () => Promise<void>): Promise<void> {
  const { secrets, plan, vendors } = rig.stack;
  const name = plan.secrets.find((secret) => secret.name.endsWith('/fareharbor'))?.name ?? '';
  secrets.put(name, {});
  await restart(rig, 'enrichment');
  await work();
  const { FAREHARBOR_API_URL: apiUrl, ...keys } = vendorEnvironment(vendors);
  secrets.put(name, { '*': { apiUrl, appKey: keys.FAREHARBOR_APP_KEY, userKey: keys.FAREHARBOR_USER_KEY } });
  await restart(rig, 'enrichment');
}

/** One webhook of a new booking. @returns how it was answered. */
export async function oneWebhook(rig: Rig): Promise<number> {
  const [uuid = ''] = book(rig);
  return (await deliverBooking(rig.stack, uuid)).status;
}
