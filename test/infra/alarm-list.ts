/** Whom an alarm tells: `part` tells by one that stands for several. */
export type Tells = 'page' | 'ticket' | 'part';

const FUNCTIONS = ['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'];
const VENDORS = ['crm-sync-salesforce', 'marketing-sync-mailchimp', 'enrichment-fareharbor', 'enrichment-model'];

const of = (tells: Tells, names: readonly string[]) => names.map((name) => ({ name, tells }));
const each = (parts: readonly string[], end: string) => parts.map((part) => `${part}-${end}`);

/** Every alarm of a stage, as a person on call should know them: a new one is written here on purpose or not at all. */
export const ALARMS: readonly { readonly name: string; readonly tells: Tells }[] = [
  ...of('page', [
    ...each(FUNCTIONS, 'errors'),
    ...each(FUNCTIONS, 'throttles'),
    'webhook-api-5xx',
    'ingest-webhook-rejected',
    'enrichment-strangers-held',
    'bookings-queue-age',
    'destination-behind',
    'crm-sync-volume-abnormal',
    'marketing-sync-volume-abnormal',
    'reconcile-webhook-silence',
  ]),
  ...of('part', [
    'reconcile-circuits-open',
    'crm-queue-age',
    'marketing-queue-age',
    ...['hour', 'now'].flatMap((window) => each(['crm-sync', 'marketing-sync'], `freshness-${window}`)),
  ]),
  ...of('ticket', [
    ...each(FUNCTIONS, 'duration'),
    'account-concurrency',
    ...each(['bookings', 'crm', 'marketing'], 'dead-letters'),
    'webhook-silence',
    'ingest-webhook-old-key',
    'ingest-webhook-quarantined',
    'enrichment-webhook-quarantined',
    'enrichment-booking-returned',
    'enrichment-fare-harbor-keys-rejected',
    'enrichment-bookings-found-by-sweep',
    'enrichment-model-budget-used',
    'enrichment-model-fallback',
    'crm-sync-booking-parked',
    'marketing-sync-booking-parked',
    'crm-sync-salesforce-calls-used',
    'crm-sync-salesforce-sign-in-failed',
    ...['failing', 'limiting', 'slow'].flatMap((trouble) => each(VENDORS, trouble)),
    ...['6h', '3d'].flatMap((window) => each(['crm-sync', 'marketing-sync'], `freshness-${window}`)),
    'reconcile-crm-unsynced-age',
    'reconcile-marketing-unsynced-age',
    'reconcile-catch-ups-pending',
    'reconcile-sinks-paused',
    'reconcile-stopped',
    'spending',
  ]),
];
