import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import * as z from 'zod';
import { type Stack, type StackOptions, startStack } from '../../infra/local/stack.ts';
import type { MetricName } from '../../shared/observability/metric-names.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { keepAttributes } from '../evidence/queue-attributes.ts';
import { logFolder, seek } from '../evidence/trail.ts';

/** The whole pipeline from the assembly that was synthesized for the tests; what it tells is kept for the search. */
export async function startPipeline(options: StackOptions = {}): Promise<Stack> {
  const assembly = inject('assembly');
  const stack = await startStack({ assembly, logDirectory: logFolder(), onMessages: keepAttributes, ...options });
  seek('keys', stack.webhookKey);
  return stack;
}

/** Waits for a condition. @throws saying what did not come about. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await pause(20);
  }
}

export const settled = (stack: Stack, withinMs?: number): Promise<void> =>
  until('every queue is empty', () => stack.idle(), withinMs);

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Posts a webhook body as FareHarbor does. */
export async function deliver(stack: Stack, body: string | Buffer, url = stack.webhookUrl): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const payload = typeof body === 'string' ? body : new Uint8Array(body);
  const response = await fetch(url, { method: 'POST', headers, body: payload });
  return { status: response.status, text: await response.text() };
}

/** Delivers the booking as it now is at FareHarbor. */
export const deliverBooking = (stack: Stack, uuid: string): Promise<Answer> =>
  deliver(stack, stack.vendors.fareharbor.vendor.bodyOf(uuid));

export function tableName(stack: Stack, variable: 'BOOKINGS_TABLE' | 'OPERATIONS_TABLE'): string {
  const name = stack.functions.get('enrichment')?.definition.environment[variable];
  if (name === undefined) throw new Error(`the template gives enrichment no ${variable}`);
  return name;
}

export const recordOf = (stack: Stack, uuid: string): Promise<BookingRecord | undefined> =>
  bookingsTable(stack.dynamoDb, tableName(stack, 'BOOKINGS_TABLE'), () => new Date()).read(uuid);

/** Whether the sink holds the record's newest version. */
export async function synced(stack: Stack, uuid: string, sink: 'crm' | 'marketing'): Promise<boolean> {
  const record = await recordOf(stack, uuid);
  return record !== undefined && record.sync[sink]?.version === record.version;
}

const metricsSchema = z.looseObject({ _aws: z.unknown() });
const valuesSchema = z.union([z.number(), z.array(z.number())]).default([]);

/** What a function has counted under a metric's name, all together. */
export function counted(stack: Stack, service: string, metric: MetricName): number {
  const lines = stack.logs(service).filter((line) => line.includes('"CloudWatchMetrics"'));
  const values = lines.flatMap((line) => valuesSchema.parse(metricsSchema.parse(JSON.parse(line))[metric]));
  return values.reduce((sum, value) => sum + value, 0);
}
