import { ASSUMED } from '../cost/assumptions.ts';

/** A number that the simulation goes by, and where it comes from. */
export interface Fact {
  readonly value: number;
  readonly unit: string;
  readonly source: string;
}

const fact = (value: number, unit: string, source: string): Fact => ({ value, unit, source });

/** When the limits were looked up and the project's own figures were measured. */
export const AS_OF = '2026-11';

/** What others allow. Regions and contracts differ: those of your account are in Service Quotas. */
export const QUOTAS = {
  lambdaConcurrency: fact(1000, 'invocations at a time', 'AWS Lambda quotas; a new account begins with 10'),
  sqsFifoPerSecond: fact(70_000, 'calls/s of one kind', 'Amazon SQS quotas, FIFO in high-throughput mode, us-east-1'),
  partitionWrites: fact(
    1000,
    'write units/s',
    'DynamoDB documentation: one partition; what has one key and cannot be split',
  ),
  secretBytes: fact(65_536, 'bytes', 'Secrets Manager quotas: one secret'),
  salesforceDay: fact(100_000, 'calls/day', 'Salesforce, Enterprise edition: + 1,000 for each licence'),
  mailchimpConnections: fact(10, 'at a time', 'Mailchimp Marketing API: for a user, over all programs'),
  fareHarborFiveMinutes: fact(3000, 'calls in 5 minutes', 'FareHarbor External API v1: beside 30 calls/s'),
} as const;

const assumed = 'assumed for real vendors, as in infra/cost/assumptions.ts';

/** How long calls take, mean milliseconds. */
export const LATENCY_MS = ASSUMED.latencyMs;

/** How much calls of a vendor differ: deviation of the logarithm; at 0.5 one in a hundred takes three times the mean. */
export const SPREAD = fact(0.5, 'of ln(ms)', 'assumed');

/** The project's own sizes and habits. */
export const OWN = {
  cpuPerMb: fact(1 / 1769, 'vCPU per MB', 'AWS Lambda documentation: 1,769 MB are one vCPU'),
  batchSeconds: fact(0.03, 's', 'assumed: receive, invoke and delete of one batch'),
  coldSeconds: fact(0.6, 's', 'DECISIONS.md, "Speed" (start-up), and a first call of 153 to 274 ms at 512 to 1,024 MB'),
  warmFor: fact(300, 's', 'assumed: AWS promises nothing'),
  timeoutSeconds: fact(30, 's', 'infra/pipeline-stack.ts: each consumer'),
  worstEnrichment: fact(12, 's', 'functions/enrichment/consume-webhooks.ts'),
  worstCrm: fact(20, 's', 'functions/crm-sync/salesforce-sink.ts'),
  worstMarketing: fact(14, 's', 'functions/marketing-sync/mailchimp/audiences.ts'),
  indexWrites: fact(
    2,
    'write units per change',
    'infra/data-stack.ts: into the index and out of it, it shows no progress; an entry is below 1 KB',
  ),
  budgetWrites: fact(2, 'write units per call', 'shared/rate-budget: one write, and one lost to another process'),
  noteWrites: fact(1, 'write unit', 'functions/enrichment/truth/verifications.ts: each note made or settled'),
  guestWrites: fact(11, 'write units per change', 'infra/cost/measured.json: a new booking’s, in the guests table'),
  stopAbove: fact(0.85, 'of the day', 'shared/settings/settings.ts: salesforce.dayLimit'),
  settingsBytes: fact(
    2630,
    'bytes per company',
    'measured: a sample operator with five tours and all defaults, as put beside the bundle',
  ),
  settingsMsPer1000: fact(
    186,
    'ms per 1,000 companies',
    'measured 2026-11: 10,000 companies read in 1.9 s of one core',
  ),
  settingsMbPer1000: fact(27, 'MB per 1,000 companies', 'measured 2026-11: 10,000 companies took 270 MB more'),
  secretBytesPerCompany: fact(
    250,
    'bytes per company',
    'a Salesforce entry with client id and secret; 2 KB with a private key',
  ),
  sweepEverySeconds: fact(6 * 3600, 's', 'shared/settings/settings.ts: sweepEveryHours'),
  sweepDays: fact(17, 'days', 'shared/settings/settings.ts: 2 back, today, 14 ahead'),
  sweepSecondsPerMinute: fact(10, 's', 'functions/reconcile/fareharbor-work.ts'),
  verifyUntilSecond: fact(45, 's', 'functions/reconcile/handler.ts'),
  patientReceives: fact(6, 'receives', 'functions/enrichment/truth/truth.ts'),
  latestRetrySeconds: fact(600, 's', 'functions/enrichment/truth/truth.ts'),
} as const;

/** What operators and guests are taken to do. Bookings a day can be set on the command line. */
export const TRAFFIC = {
  webhooksPerBooking: fact(5, 'webhooks', 'assumed: created, told again, paid or changed, reminders, check-in'),
  irrelevant: fact(ASSUMED.irrelevant, 'share', assumed),
  paidSoon: fact(0.6, 'per booking', 'assumed: a second change within 90 s'),
  agent: fact(0.02, 'share of new bookings', 'assumed: made under one address, such as a hotel desk’s'),
  sizes: fact(1, 'of ln(bookings)', 'assumed: how much companies differ'),
  burstDays: fact(
    10,
    'days',
    'assumed: once in so long a company calls its tours of a day and a half off, in two minutes',
  ),
  items: fact(8, 'items', 'assumed: a company’s catalogue'),
  departures: fact(3, 'per item and day', 'assumed'),
} as const;

/** Weights of the hours of a day, in one time zone for all: the worst case. Their mean is 1. */
export const HOURS = [
  0.3, 0.2, 0.15, 0.1, 0.1, 0.2, 0.5, 0.9, 1.4, 1.8, 2.0, 2.0, 1.8, 1.6, 1.5, 1.4, 1.4, 1.4, 1.3, 1.2, 1.0, 0.8, 0.6,
  0.35,
] as const;
