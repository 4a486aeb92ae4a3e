import * as z from 'zod';
import { Ambiguous, type ApiError, badJson, notFound, Refusal } from './errors.ts';
import type { Org } from './org.ts';
import type { Operation } from './records.ts';
import type { ResourceReply, ResourceRequest } from './resources.ts';
import { findObject, type ObjectSchema } from './schema.ts';

const MAX_RECORDS = 200;

const COLLECTION = z.object({
  allOrNone: z.boolean().optional(),
  records: z.array(z.looseObject({ attributes: z.looseObject({ type: z.string() }) })),
});

type SentRecord = z.infer<typeof COLLECTION>['records'][number];

interface SaveResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly unknown[];
  readonly created?: boolean;
}

/** Create (POST), update (PATCH) or upsert (PATCH …/Object/Field) of up to 200 records, with one result for each. */
export function answerCollection(org: Org, operation: Operation, request: ResourceRequest): ResourceReply {
  const [, , objectName, keyField] = request.segments;
  const upsert = objectName !== undefined && keyField !== undefined;
  if (operation.version < (upsert ? 46 : 42)) throw notFound();
  if (request.method !== 'PATCH' && (upsert || request.method !== 'POST')) {
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed.`);
  }
  const parsed = COLLECTION.safeParse(request.body);
  if (!parsed.success) throw badJson('a collection has records, each with attributes and a type');
  const { records, allOrNone } = parsed.data;
  if (records.length > MAX_RECORDS) {
    const message = `record limit reached. cannot submit more than ${MAX_RECORDS} records into this call`;
    throw new Refusal(400, 'EXCEEDED_ID_LIMIT', message);
  }
  const save = (record: SentRecord): SaveResult => {
    if (upsert) return saveByKey(org, operation, objectName, keyField, record);
    return saveById(org, operation, request.method, record);
  };
  return { status: 200, body: saveAll(org, operation, records, allOrNone ?? false, save) };
}

function saveAll(
  org: Org,
  operation: Operation,
  records: readonly SentRecord[],
  allOrNone: boolean,
  save: (record: SentRecord) => SaveResult,
): readonly SaveResult[] {
  const start = operation.transaction.undo.length;
  const results = records.map((record): SaveResult => {
    const mark = operation.transaction.undo.length;
    try {
      return save(record);
    } catch (error) {
      org.store.rollback(operation.transaction, mark);
      return { success: false, errors: [toSaveError(error)] };
    }
  });
  if (!allOrNone || results.every((result) => result.success)) return results;
  org.store.rollback(operation.transaction, start);
  const message = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
  const rolledBack = { statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message, fields: [] };
  return results.map((result) => (result.success ? { success: false, errors: [rolledBack] } : result));
}

function saveByKey(
  org: Org,
  operation: Operation,
  objectName: string,
  keyField: string,
  record: SentRecord,
): SaveResult {
  const object = requireObject(org, objectName);
  const { attributes, ...fields } = record;
  if (attributes.type.toLowerCase() !== object.name.toLowerCase()) {
    throw new Refusal(400, 'INVALID_TYPE', `all records of this call are of type ${object.name}`);
  }
  const { [keyField]: value, ...rest } = fields;
  if (typeof value !== 'string' || value === '') {
    throw new Refusal(400, 'MISSING_ARGUMENT', `${keyField} not specified`);
  }
  const { row, created } = org.records.upsert(operation, object, { field: keyField, value }, rest, false);
  return { id: row.id, success: true, errors: [], created };
}

function saveById(org: Org, operation: Operation, method: string, record: SentRecord): SaveResult {
  const { attributes, id, Id = id, ...fields } = record;
  const object = requireObject(org, attributes.type);
  if (method === 'POST') {
    return { id: org.records.create(operation, object, fields).id, success: true, errors: [] };
  }
  if (typeof Id !== 'string') throw new Refusal(400, 'MISSING_ARGUMENT', 'Id not specified in an update call');
  const row = org.records.find(object, Id);
  org.records.update(operation, object, row, fields);
  return { id: row.id, success: true, errors: [] };
}

function requireObject(org: Org, name: string): ObjectSchema {
  const object = findObject(org.schema, name);
  if (object === undefined) throw new Refusal(400, 'INVALID_TYPE', `sObject type '${name}' is not supported.`);
  return object;
}

/** Collections say `statusCode` where single calls say `errorCode`. */
function toSaveError(error: unknown): unknown {
  if (error instanceof Refusal) return withStatusCode(error.error);
  if (error instanceof Ambiguous) {
    const message = 'More than one record found for external id field';
    return { statusCode: 'DUPLICATE_EXTERNAL_ID', message, fields: [] };
  }
  throw error;
}

function withStatusCode({ errorCode, fields = [], ...rest }: ApiError): unknown {
  return { statusCode: errorCode, ...rest, fields };
}
