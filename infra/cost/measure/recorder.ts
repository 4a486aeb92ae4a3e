import { readFileSync } from 'node:fs';
import { vendorCall as nameOfCall } from '../../../test/faults/step.ts';
import { actionOf, type Units, unitsOf } from './capacity.ts';
import type { WireCall } from './counting-proxy.ts';
import type { TimedCall, Wait } from './critical-path.ts';
import type { Reading } from './meter.ts';

/** A call of one function. */
export interface FunctionCall extends TimedCall {
  readonly service: string;
  /** Without ids: `GetItem bookings`, `mailchimp PUT /3.0/lists/audience01/members/{hash}`. */
  readonly what: string;
  readonly vendorBytes: number;
  readonly units: Units;
  /** Requests of 64 KB that SQS charges; 0 where it is not asked. */
  readonly sqsRequests: number;
  /** The secret's name, where one was read. */
  readonly secret?: string;
}

const CHUNK_BYTES = 64 * 1024;

/** SQS charges each 64 KB of a request's messages as a request. */
export const sqsRequestsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / CHUNK_BYTES));

/** A call to one of AWS's services, as it is charged. */
export function awsCall(service: string, to: 'dynamodb' | 'sqs' | 'secrets', call: WireCall): FunctionCall {
  const { startedAt, endedAt, target, requestBody, status, responseBody } = call;
  const timed = { service, startedAt, endedAt, vendorBytes: 0 };
  if (to === 'sqs') {
    const queue = /"QueueUrl":"[^"]*?([a-z]+)(-dlq)?\.fifo"/.exec(requestBody)?.[1] ?? '';
    const what = `${actionOf(target)} ${queue}`;
    return { ...timed, what, wait: 'sqs', units: {}, sqsRequests: sqsRequestsOf(Buffer.byteLength(requestBody)) };
  }
  if (to === 'secrets') {
    const secret = /secret:[^"]*?([a-z]+)-[A-Za-z0-9]+"/.exec(requestBody)?.[1] ?? 'unknown';
    return { ...timed, what: `${actionOf(target)} ${secret}`, wait: 'secrets', units: {}, sqsRequests: 0, secret };
  }
  const wait: Wait = actionOf(target) === 'TransactWriteItems' ? 'transaction' : 'dynamodb';
  const units = unitsOf(target, requestBody, status, responseBody);
  const tables = Object.keys(units).map((table) => table.slice(table.lastIndexOf('-') + 1));
  return { ...timed, what: [actionOf(target), ...tables.sort()].join(' '), wait, units, sqsRequests: 0 };
}

/** A call to a vendor. */
export function vendorCall(
  service: string,
  to: 'fareharbor' | 'salesforce' | 'mailchimp' | 'openai',
  { startedAt, endedAt, method, path, requestBytes }: WireCall,
): FunctionCall {
  const wait: Wait =
    to === 'openai' ? 'model' : to === 'salesforce' && !path.includes('/composite') ? 'salesforceQuery' : to;
  const what = nameOfCall(to, method, path);
  return { service, what, startedAt, endedAt, wait, vendorBytes: requestBytes, units: {}, sqsRequests: 0 };
}

/** What a meter's file says, from a line on. */
export function readingsOf(file: string, from: number): readonly Reading[] {
  return linesOf(file)
    .slice(from)
    .map((line): Reading => JSON.parse(line));
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    // A function that never started has no file.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
