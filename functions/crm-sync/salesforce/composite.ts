import * as z from 'zod';
import { RetryableError } from '../../../shared/errors/errors.ts';
import type { Body } from '../fields/fields.ts';
import { CODE, readErrors, toError } from './salesforce-errors.ts';

/** The one place that names the API version. */
export const API_VERSION = '66.0';
const API_PATH = `/services/data/v${API_VERSION}`;
export const COMPOSITE_PATH = `${API_PATH}/composite`;

/** One part of a composite request. Later parts refer to what an earlier one made by `@{referenceId.id}`. */
export interface Part {
  readonly method: 'GET' | 'PATCH';
  readonly url: string;
  /** Letters, digits and underscores. */
  readonly referenceId: string;
  readonly body?: Body;
  readonly httpHeaders?: Readonly<Record<string, string>>;
}

/** Salesforce takes no more parts in one composite request. */
export const MOST_PARTS = 25;

/** Gets past duplicate rules that only warn; one that blocks still blocks, and parks the booking. */
const PASS_ALERTS = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };

/** Creates or updates by external id. */
export function upsert(
  referenceId: string,
  object: string,
  key: { readonly field: string; readonly value: string },
  body: Body,
): Part {
  const url = `${API_PATH}/sobjects/${object}/${key.field}/${encodeURIComponent(key.value)}`;
  return { method: 'PATCH', url, referenceId, body, httpHeaders: PASS_ALERTS };
}

/** Updates a record whose id we know. */
export function update(referenceId: string, object: string, id: string, body: Body): Part {
  return { method: 'PATCH', url: `${API_PATH}/sobjects/${object}/${id}`, referenceId, body, httpHeaders: PASS_ALERTS };
}

/** Updates the record with this external id; where there is none, it is refused as not found, and none is made. */
export function updateByKey(
  referenceId: string,
  object: string,
  key: { readonly field: string; readonly value: string },
  body: Body,
): Part {
  const part = upsert(referenceId, object, key, body);
  return { ...part, url: `${part.url}?updateOnly=true` };
}

/** Reads fields of a record; `id` may refer to an earlier part. */
export function retrieve(referenceId: string, object: string, id: string, fields: readonly string[]): Part {
  return { method: 'GET', url: `${API_PATH}/sobjects/${object}/${id}?fields=${fields.join(',')}`, referenceId };
}

export function query(referenceId: string, soql: string): Part {
  return { method: 'GET', url: `${API_PATH}/query?q=${encodeURIComponent(soql)}`, referenceId };
}

/**
 * Lets what comes after be done only where an earlier query found nothing. Composites know no conditions, but a
 * reference to what is not there refuses its part, and so the whole: an org has exactly one Organization, which is
 * there as long as no row is skipped, and as many are skipped as were found.
 */
export function onlyIfEmpty(found: string): Part[] {
  const soql = encodeURIComponent('SELECT Id FROM Organization LIMIT 1 OFFSET ');
  const referenceId = `no_${found}`;
  return [
    // A reference is replaced as it stands: it must not be encoded.
    { method: 'GET', url: `${API_PATH}/query?q=${soql}@{${found}.totalSize}`, referenceId },
    retrieve(`only_if_${referenceId}`, 'Organization', `@{${referenceId}.records[0].Id}`, ['Id']),
  ];
}

const writtenSchema = z.object({ id: z.string() });

/** The id of the record that an upsert made or found; undefined where the reply names none. */
export function writtenId(body: unknown): string | undefined {
  const parsed = writtenSchema.safeParse(body);
  return parsed.success ? parsed.data.id : undefined;
}

/** What each part of a composite request answered, by its reference id. */
export type Replies = ReadonlyMap<string, unknown>;

const repliesSchema = z.object({
  compositeResponse: z.array(
    z.object({ referenceId: z.string(), httpStatusCode: z.int(), body: z.unknown().optional() }),
  ),
});

/** Codes of the parts that were only taken back because of another. */
const BYSTANDERS = new Set(['PROCESSING_HALTED', 'ALL_OR_NONE_OPERATION_ROLLED_BACK']);

/**
 * The outer status is 200 even when parts fail: each part is looked at, and the one that made the others fail is named.
 * @throws RetryableError or PermanentError for that one.
 */
export function readReplies(reply: unknown, parts: readonly Part[]): Replies {
  const parsed = repliesSchema.safeParse(reply);
  if (!parsed.success || parsed.data.compositeResponse.length !== parts.length) {
    throw new RetryableError(CODE.malformed, 'Salesforce answered something that is no composite response');
  }
  const failed = parsed.data.compositeResponse
    .filter(({ httpStatusCode }) => httpStatusCode >= 300)
    .map(({ referenceId, httpStatusCode: status, body }) => {
      const [error = { code: `HTTP_${status}`, message: '', fields: [] }] = readErrors(body) ?? [];
      const sent = parts.find((part) => part.referenceId === referenceId)?.body;
      return { ...error, status, part: { referenceId, body: sent } };
    });
  const culprit = failed.find(({ code }) => !BYSTANDERS.has(code)) ?? failed[0];
  if (culprit === undefined) return new Map(parsed.data.compositeResponse.map((part) => [part.referenceId, part.body]));
  throw toError(culprit);
}
