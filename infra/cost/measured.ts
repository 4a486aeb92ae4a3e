import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { WAITS } from './measure/critical-path.ts';

/** What a webhook may tell of. */
export const KINDS = ['new', 'changed', 'paid', 'cancelled', 'repeated', 'reminded'] as const;
export type Kind = (typeof KINDS)[number];

const figure = z.number().min(0);

const workSchema = z.object({
  invocations: figure,
  /** Of one invocation: the median, since this machine does other things as well. */
  cpuMsPerInvocation: figure,
  wallMsPerInvocation: figure,
  /** Calls one after the other, by what is waited for. */
  waits: z.partialRecord(z.enum(WAITS), figure),
  /** All calls, those beside each other as well. */
  calls: z.partialRecord(z.enum(WAITS), figure),
  logLines: figure,
  logBytes: figure,
  /** Bytes sent to vendors, with headers. */
  vendorBytes: figure,
});

const perEventSchema = z.object({
  functions: z.record(z.string(), workSchema),
  /** SQS requests of 64 KB: sent by functions, and received and deleted for them by Lambda. */
  sqsRequests: figure,
  tables: z.record(z.string(), z.object({ reads: figure, writes: figure })),
});

export const measuredSchema = z.object({
  at: z.iso.datetime(),
  how: z.array(z.string()),
  seed: z.int(),
  /** The mean of one webhook of each kind. */
  kinds: z.record(z.enum(KINDS), perEventSchema.extend({ webhooks: z.int().min(1), bodyBytes: figure })),
  /** One run of the scheduled functions with nothing to do. */
  idleRun: perEventSchema,
  /** Memory of the largest process of each function, MB. */
  rssMb: z.record(z.string(), figure),
  /** Bytes that stay in each table for one booking, all its webhooks being told. */
  storedBytesPerBooking: z.record(z.string(), figure),
  /** Metrics that the code emitted, as `service metric`. */
  metrics: z.array(z.string()),
  /** Who reads which secret, as `service secret`. */
  secretReaders: z.array(z.string()),
  /** Who uses which table, as `service table`. */
  tableUsers: z.array(z.string()),
});

export type Work = z.infer<typeof workSchema>;
export type PerEvent = z.infer<typeof perEventSchema>;
export type Measured = z.infer<typeof measuredSchema>;

export const MEASURED_FILE = new URL('./measured.json', import.meta.url);

/** The committed measurement. @throws Error when the file is not what a measuring run writes. */
export function readMeasured(file: URL | string = MEASURED_FILE): Measured {
  return measuredSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
