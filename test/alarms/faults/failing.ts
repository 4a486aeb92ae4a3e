import { settled, until } from '../../pipeline/driver.ts';
import type { Rig } from '../local/rig.ts';
import { oneWebhook } from './arriving.ts';
import type { Fault } from './fault.ts';
import { book, brought, restart, tell } from './steps.ts';

const SINKS = ['crm-sync', 'marketing-sync'] as const;
/** Long enough for two minutes of any three. */
const GOES_ON = { kind: 'held', minutes: 10 } as const;
/** A batch that was not done comes back when its visibility timeout ends, after three minutes. */
const COMES_BACK = { kind: 'held', minutes: 30, every: 3 } as const;
/** At a small operator a webhook comes every ten minutes. */
const NOW_AND_THEN = { kind: 'held', minutes: 60, every: 10 } as const;

/** What goes wrong with the functions themselves. */
export const FAILING: readonly Fault[] = [
  {
    what: 'ingest dies at every call',
    fires: ['ingest-errors', 'webhook-api-5xx'],
    lasts: GOES_ON,
    produce: async (rig) => {
      await rig.frozen(
        'ingest',
        () => oneWebhook(rig),
        async () => rig.functionNamed('ingest').crash(),
      );
    },
  },
  {
    what: 'ingest cannot read its secret, so that deliveries are not durable',
    fires: ['webhook-api-5xx'],
    lasts: NOW_AND_THEN,
    produce: async (rig) => {
      const name = rig.stack.plan.secrets.find((secret) => secret.name.endsWith('/webhook'))?.name ?? '';
      rig.stack.secrets.put(name, {});
      await restart(rig, 'ingest');
      await oneWebhook(rig);
      rig.stack.secrets.put(name, { current: rig.stack.webhookKey });
      await restart(rig, 'ingest');
    },
  },
  {
    what: 'enrichment dies at every batch',
    fires: ['enrichment-errors'],
    lasts: COMES_BACK,
    produce: (rig) => dies(rig, 'enrichment'),
  },
  ...SINKS.map(
    (service): Fault => ({
      what: `${service} dies at every batch`,
      fires: [`${service}-errors`],
      lasts: COMES_BACK,
      produce: (rig) => dies(rig, service),
    }),
  ),
  {
    what: 'reconcile dies at every run',
    fires: ['reconcile-errors'],
    also: ['reconcile-stopped'],
    lasts: { kind: 'held', minutes: 30 },
    stops: ['reconcile'],
    produce: async (rig) => {
      await rig.reconcile();
      rig.begin();
      const reconcile = rig.functionNamed('reconcile');
      await rig.frozen(
        'reconcile',
        () => reconcile.invoke({}),
        async () => reconcile.crash(),
      );
    },
  },
  {
    what: 'The account has no concurrency left for any function',
    fires: ['ingest', 'enrichment', ...SINKS, 'reconcile'].map((name) => `${name}-throttles`),
    also: ['webhook-api-5xx', 'reconcile-stopped'],
    lasts: GOES_ON,
    stops: ['webhooks', 'reconcile'],
    produce: async (rig) => {
      const { refused } = rig;
      for (const service of ['enrichment', ...SINKS, 'reconcile']) refused.add(service);
      const uuids = book(rig);
      await tell(rig, uuids);
      await untilRefused(rig, 'enrichment');
      refused.delete('enrichment');
      for (const sink of SINKS) await untilRefused(rig, sink);
      await rig.functionNamed('reconcile').invoke({});
      refused.add('ingest');
      await oneWebhook(rig);
      refused.clear();
      await brought(rig, uuids);
    },
  },
  {
    what: 'Another program of the account runs 900 functions at once',
    fires: ['account-concurrency'],
    lasts: GOES_ON,
    produce: async (rig) => {
      rig.others.executions = 900;
      await oneWebhook(rig);
      rig.others.executions = 0;
      await settled(rig.stack);
    },
  },
  {
    what: 'The schedule of reconcile is switched off',
    fires: ['reconcile-stopped'],
    lasts: { kind: 'held', minutes: 60 },
    stops: ['reconcile'],
    produce: async (rig) => {
      rig.begin();
      await oneWebhook(rig);
      await settled(rig.stack);
    },
  },
];

/** The function is called with a booking, and its process ends meanwhile; another one brings the booking. */
async function dies(rig: Rig, service: string): Promise<void> {
  const uuids = book(rig);
  await rig.frozen(
    service,
    () => tell(rig, uuids),
    async () => rig.functionNamed(service).crash(),
  );
  await brought(rig, uuids);
  await settled(rig.stack);
}

function untilRefused(rig: Rig, service: string): Promise<void> {
  const { name } = rig.functionNamed(service).definition;
  return until(`${service} is refused`, async () =>
    (await rig.published()).some(
      (one) => one.name === 'Throttles' && one.dimensions.FunctionName === name && one.values.includes(1),
    ),
  );
}
