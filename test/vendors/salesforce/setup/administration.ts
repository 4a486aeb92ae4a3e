import * as z from 'zod';
import { USERS } from '../auth.ts';
import type { ResourceReply, ResourceRequest } from '../resources.ts';
import type { SetUp } from './set-up.ts';

const SET_QUERY = /^SELECT Id FROM PermissionSet WHERE Name = '(\w+)'$/;
const ASSIGNMENT_QUERY =
  /^SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = '(\w+)' AND AssigneeId = '(\w+)'$/;
const ASSIGNMENT_ID = '0PaX0000000000AAAA';

const assignmentSchema = z.strictObject({ PermissionSetId: z.string(), AssigneeId: z.string() });

/**
 * Answers what concerns permission sets and who has them: two queries, and the making of an assignment. Undefined for
 * every other call.
 */
export function administer(
  setUp: SetUp,
  isAdministrator: boolean,
  { method, segments, query, body }: ResourceRequest,
): ResourceReply | undefined {
  const soql = segments[0] === 'query' ? (query.get('q') ?? '') : '';
  const [, setName] = SET_QUERY.exec(soql) ?? [];
  if (setName !== undefined) return found(setUp.permissionSets.has(setName) ? [idOf(setUp, setName)] : []);
  const [, setId, assignee] = ASSIGNMENT_QUERY.exec(soql) ?? [];
  if (setId !== undefined) return found(isHeld(setUp, setId, assignee) ? [ASSIGNMENT_ID] : []);
  if (method !== 'POST' || segments.join('/') !== 'sobjects/PermissionSetAssignment') return undefined;
  if (!isAdministrator) return refused(403, 'INSUFFICIENT_ACCESS', 'insufficient access rights on cross-reference id');
  return assign(setUp, assignmentSchema.parse(body));
}

function assign(setUp: SetUp, { PermissionSetId, AssigneeId }: z.infer<typeof assignmentSchema>): ResourceReply {
  const name = nameOf(setUp, PermissionSetId);
  if (name === undefined || !Object.values(USERS).some((user) => user === AssigneeId)) {
    return refused(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  }
  if (isHeld(setUp, PermissionSetId, AssigneeId)) {
    return refused(400, 'DUPLICATE_VALUE', 'duplicate value found: PermissionSetId duplicates value on record');
  }
  if (AssigneeId === USERS.sync) setUp.assign(name);
  return { status: 201, body: { id: ASSIGNMENT_ID, success: true, errors: [] } };
}

const isHeld = (setUp: SetUp, setId: string, assignee: string | undefined): boolean =>
  assignee === USERS.sync && setUp.isAssigned(nameOf(setUp, setId) ?? '');

function idOf({ permissionSets }: SetUp, name: string): string {
  return `0PSX${String([...permissionSets.keys()].indexOf(name)).padStart(11, '0')}AAA`;
}

function nameOf(setUp: SetUp, id: string): string | undefined {
  return [...setUp.permissionSets.keys()].find((name) => idOf(setUp, name) === id);
}

function found(ids: readonly string[]): ResourceReply {
  return { status: 200, body: { totalSize: ids.length, done: true, records: ids.map((Id) => ({ Id })) } };
}

function refused(status: number, errorCode: string, message: string): ResourceReply {
  return { status, body: [{ errorCode, message }] };
}
