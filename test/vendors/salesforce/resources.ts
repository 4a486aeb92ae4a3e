import * as z from 'zod';
import { answerCollection } from './collections.ts';
import { describeGlobal, describeObject } from './describe.ts';
import { Ambiguous, badJson, notFound, Refusal } from './errors.ts';
import type { Sent } from './incoming.ts';
import type { Org } from './org.ts';
import { queryOrganization, readOrganization } from './organization.ts';
import type { Operation } from './records.ts';
import { findField, findObject, type ObjectSchema } from './schema.ts';
import { answerDuplicateRules } from './setup/duplicate-rules.ts';
import { attributesOf, runSoql } from './soql.ts';
import type { Row } from './store.ts';

/** One REST call, whether it came by itself or inside a composite. */
export interface ResourceRequest {
  readonly method: string;
  /** Decoded segments after `/services/data/vXX.X/`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

export interface ResourceReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const RECORD = z.record(z.string(), z.unknown());

/** Answers one call within an operation. A refusal undoes what this call did, and only that. */
export function answerResource(org: Org, operation: Operation, request: ResourceRequest): ResourceReply {
  const mark = operation.transaction.undo.length;
  try {
    return route(org, operation, request);
  } catch (error) {
    org.store.rollback(operation.transaction, mark);
    if (error instanceof Ambiguous) return { status: 300, body: error.urls };
    if (error instanceof Refusal) return { status: error.status, body: [error.error] };
    throw error;
  }
}

function route(org: Org, operation: Operation, request: ResourceRequest): ResourceReply {
  const { method, query } = request;
  const [first, second, third, fourth, ...rest] = request.segments;
  if (first === 'query' && second === undefined) {
    requireMethod(method, ['GET']);
    const soql = query.get('q') ?? '';
    const special = answerDuplicateRules(soql, org.duplicateRules) ?? queryOrganization(org, soql, operation.version);
    return { status: 200, body: special ?? runSoql(org.schema, org.store, soql, operation.version) };
  }
  if (first === 'composite' && second === 'sobjects') return answerCollection(org, operation, request);
  if (first !== 'sobjects' || rest.length > 0) throw notFound();
  if (second === undefined) return { status: 200, body: describeGlobal(org.schema) };
  if (second === 'Organization' && !org.organizationHidden && third !== undefined && fourth === undefined) {
    requireMethod(method, ['GET']);
    return { status: 200, body: readOrganization(third, query.get('fields')?.split(',') ?? ['Id'], operation.version) };
  }
  const object = findObject(org.schema, second);
  if (object === undefined) throw notFound();
  if (third === undefined) return create(org, operation, object, request);
  if (third === 'describe' && fourth === undefined) return { status: 200, body: describeObject(object) };
  if (fourth === undefined) return byId(org, operation, object, third, request);
  return byKey(org, operation, object, { field: third, value: fourth }, request);
}

function create(org: Org, operation: Operation, object: ObjectSchema, request: ResourceRequest): ResourceReply {
  requireMethod(request.method, ['POST']);
  const row = org.records.create(operation, object, sentRecord(request));
  const { url } = attributesOf(row, operation.version);
  return { status: 201, body: { id: row.id, success: true, errors: [] }, headers: { Location: url } };
}

function byId(
  org: Org,
  operation: Operation,
  object: ObjectSchema,
  id: string,
  request: ResourceRequest,
): ResourceReply {
  requireMethod(request.method, ['GET', 'PATCH', 'DELETE']);
  const row = org.records.find(object, id);
  if (request.method === 'GET') return { status: 200, body: readRow(object, row, request, operation.version) };
  if (request.method === 'DELETE') org.records.remove(operation, object, row);
  else org.records.update(operation, object, row, sentRecord(request));
  return { status: 204 };
}

function byKey(
  org: Org,
  operation: Operation,
  object: ObjectSchema,
  key: { readonly field: string; readonly value: string },
  request: ResourceRequest,
): ResourceReply {
  requireMethod(request.method, ['GET', 'PATCH', 'DELETE']);
  if (request.method === 'PATCH') {
    const updateOnly = request.query.get('updateOnly') === 'true';
    const { row, created: isNew } = org.records.upsert(operation, object, key, sentRecord(request), updateOnly);
    return upserted(operation, row, isNew);
  }
  const rows = org.records.findByKey(object, key.field, key.value);
  const [row] = rows;
  if (row === undefined) throw notFound();
  if (rows.length > 1) throw new Ambiguous(rows.map((one) => attributesOf(one, operation.version).url));
  return byId(org, operation, object, row.id, request);
}

function upserted(operation: Operation, row: Row, created: boolean): ResourceReply {
  // Before version 46 an update by external id told nothing, and nobody was told `created`.
  const recent = operation.version >= 46;
  if (!created && !recent) return { status: 204 };
  const body = { id: row.id, success: true, errors: [], ...(recent && { created }) };
  if (!created) return { status: 200, body };
  return { status: 201, body, headers: { Location: attributesOf(row, operation.version).url } };
}

function readRow(object: ObjectSchema, row: Row, request: ResourceRequest, version: number): Record<string, unknown> {
  const wanted = request.query.get('fields')?.split(',') ?? object.list.map((one) => one.name);
  const record: Record<string, unknown> = { attributes: attributesOf(row, version) };
  for (const name of wanted) {
    const one = findField(object, name.trim());
    if (one === undefined) {
      throw new Refusal(400, 'INVALID_FIELD', `No such column '${name}' on entity '${object.name}'.`);
    }
    record[one.name] = row.values[one.name] ?? null;
  }
  return record;
}

function sentRecord(request: ResourceRequest): Sent {
  const parsed = RECORD.safeParse(request.body);
  if (parsed.success) return parsed.data;
  throw badJson('The HTTP entity body is required, but this request has no entity body.');
}

function requireMethod(method: string, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  const message = `HTTP Method '${method}' not allowed. Allowed are ${allowed.join(',')}`;
  throw new Refusal(405, 'METHOD_NOT_ALLOWED', message);
}
