import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { VendorRequest } from '../server.ts';
import document from './operations.json' with { type: 'json' };
import { type FieldError, invalidFields, Refused } from './problem.ts';

export type OperationName = keyof typeof document.operations;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query?: object;
  readonly body?: object;
}

interface Checks {
  readonly body?: ValidateFunction;
  readonly query?: ValidateFunction;
}

const operations: Readonly<Record<string, Operation>> = document.operations;
const checks = compileAll();

/**
 * Checks a request against the rules derived from Mailchimp's OpenAPI document.
 *
 * @returns the JSON body (undefined where the operation takes none).
 * @throws Refused with 400 where the body is no JSON object or breaks a rule; query values out of range too.
 */
export function checkRequest(name: OperationName, request: VendorRequest): unknown {
  const { body, query } = checks.get(name) ?? {};
  const given: Record<string, unknown> = Object.fromEntries(request.query);
  if (query !== undefined && !query(given)) throw invalidFields(fieldErrors(query.errors));
  if (body === undefined) return undefined;
  const parsed = request.json();
  if (parsed === undefined) throw new Refused(400, 'JSON Parse Error', 'The body is not valid JSON.');
  if (!body(parsed)) throw invalidFields(fieldErrors(body.errors));
  return parsed;
}

/** Whether a body would pass, for the operations whose vendor shrugs at a bad one. */
export function passes(name: OperationName, body: unknown): boolean {
  return checks.get(name)?.body?.(body) ?? true;
}

/** Method and route pattern of an operation, under the API's version prefix. */
export function routeOf(name: OperationName): { method: string; pattern: string } {
  const { method, path } = document.operations[name];
  return { method, pattern: `/3.0${path.replaceAll(/\{(\w+)\}/g, ':$1')}` };
}

function compileAll(): ReadonlyMap<string, Checks> {
  const ofBody = new Ajv({ allErrors: true, strict: false });
  // Query values arrive as text: numbers, booleans and lists are read out of it, as the vendor does.
  const ofQuery = new Ajv({ allErrors: true, strict: false, coerceTypes: 'array' });
  addFormats.default(ofBody);
  return new Map(
    Object.entries(operations).map(([name, { body, query }]) => [
      name,
      {
        ...(body !== undefined && { body: ofBody.compile(body) }),
        ...(query !== undefined && { query: ofQuery.compile({ type: 'object', properties: query }) }),
      },
    ]),
  );
}

function fieldErrors(errors: readonly ErrorObject[] | null | undefined): FieldError[] {
  const byField = new Map<string, string>();
  for (const error of errors ?? []) {
    const missing: unknown = error.keyword === 'required' ? error.params.missingProperty : undefined;
    const path = [...error.instancePath.split('/').slice(1), ...(typeof missing === 'string' ? [missing] : [])];
    byField.set(path.join('.'), messageOf(error));
  }
  return [...byField].map(([field, message]) => ({ field, message }));
}

function messageOf(error: ErrorObject): string {
  if (error.keyword === 'required') return 'This value should not be blank.';
  if (error.keyword === 'enum') return `Value must be one of: ${JSON.stringify(error.params.allowedValues)}`;
  if (error.keyword === 'type') return `Schema describes ${String(error.params.type)}, another type found instead`;
  if (error.keyword === 'anyOf') return 'Data did not match any of the schemas described in anyOf.';
  return `This value ${error.message ?? 'is not valid'}.`;
}
