import { notFound, Refusal } from './errors.ts';
import { makeId } from './ids.ts';
import type { Org } from './org.ts';
import type { QueryResult } from './soql.ts';
import { parseSoql } from './soql-parser.ts';

const ID = makeId('00D', 1);

/** The org's own record, of which there is exactly one, and which nobody writes here. Undefined for another object's query. */
export function queryOrganization(org: Org, soql: string, version: number): QueryResult | undefined {
  if (org.organizationHidden || !/\bFROM\s+Organization\b/i.test(soql)) return undefined;
  const { fields, where, orderBy, limit = 1, offset } = parseSoql(soql);
  if (where !== undefined || orderBy.length > 0) throw new Refusal(400, 'MALFORMED_QUERY', 'not known here');
  const records = [organization(fields, version)].slice(offset, offset + limit);
  return { totalSize: records.length, done: true, records };
}

/** The org by its id. @throws Refusal NOT_FOUND for another's. */
export function readOrganization(id: string, fields: readonly string[], version: number): Record<string, unknown> {
  if (id !== ID) throw notFound();
  return organization(fields, version);
}

function organization(fields: readonly string[], version: number): Record<string, unknown> {
  const unknown = fields.find((name) => name.toLowerCase() !== 'id');
  if (unknown !== undefined) {
    throw new Refusal(400, 'INVALID_FIELD', `No such column '${unknown}' on entity 'Organization'.`);
  }
  const url = `/services/data/v${version.toFixed(1)}/sobjects/Organization/${ID}`;
  return { attributes: { type: 'Organization', url }, Id: ID };
}
