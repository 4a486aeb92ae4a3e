import * as z from 'zod';
import { badJson, notFound, Refusal } from './errors.ts';
import { allowsDuplicates, type Org } from './org.ts';
import type { Operation } from './records.ts';
import { type Answers, referencesIn, resolveReferences, resolveText } from './references.ts';
import { isServed } from './request.ts';
import { answerResource, type ResourceReply } from './resources.ts';

const MAX_PARTS = 25;
const MAX_QUERIES = 5;

export const PART = z.object({
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
  url: z.string(),
  referenceId: z.string(),
  body: z.record(z.string(), z.unknown()).nullish(),
  httpHeaders: z.record(z.string(), z.string()).nullish(),
});
export type Part = z.infer<typeof PART>;

const COMPOSITE = z.object({
  allOrNone: z.boolean().optional(),
  collateSubrequests: z.boolean().optional(),
  compositeRequest: z.array(PART),
});

export interface PartReply {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

const OWN_HEADERS: ReadonlySet<string> = new Set(['accept', 'authorization', 'content-type']);
const QUERY_LIKE = /^\/services\/data\/v[\d.]+\/(?:query|queryAll|composite\/sobjects)\b/;

/**
 * Runs a composite request: status 200 whatever becomes of its parts.
 *
 * @throws Refusal 400 when the request as a whole is not acceptable; then no part has run.
 */
export function answerComposite(org: Org, operation: Operation, body: unknown): ResourceReply {
  const parsed = COMPOSITE.safeParse(body);
  if (!parsed.success) throw badJson(`not a composite request: ${z.prettifyError(parsed.error)}`);
  const { compositeRequest: parts, allOrNone = false, collateSubrequests = false } = parsed.data;
  if (parts.length > MAX_PARTS) throw limit(`Composite request can't contain more than ${MAX_PARTS} subrequests`);
  const queries = parts.filter((part) => QUERY_LIKE.test(part.url)).length;
  if (queries > MAX_QUERIES) throw limit(`Composite request can't contain more than ${MAX_QUERIES} query operations`);
  requireParts(parts);
  const ordered = collateSubrequests ? collate(parts) : parts;
  const replies = runParts(org, operation, ordered, allOrNone);
  return { status: 200, body: { compositeResponse: replies } };
}

/** @throws Refusal 400 for reference ids that are repeated or have other signs, and for headers a part may not set. */
export function requireParts(parts: readonly Part[]): void {
  const seen = new Set<string>();
  for (const { referenceId, httpHeaders } of parts) {
    if (!/^[A-Za-z0-9_]+$/.test(referenceId)) {
      throw new Refusal(400, 'INVALID_INPUT', `Provided referenceId ('${referenceId}') contains invalid characters`);
    }
    if (seen.has(referenceId)) throw new Refusal(400, 'INVALID_INPUT', `Duplicate referenceId: ${referenceId}`);
    seen.add(referenceId);
    const header = Object.keys(httpHeaders ?? {}).find((name) => OWN_HEADERS.has(name.toLowerCase()));
    if (header !== undefined)
      throw new Refusal(400, 'INVALID_INPUT', `Header ${header} is not allowed in a subrequest`);
  }
}

/** Runs parts in turn. With `allOrNone` the first failure undoes all, and only it keeps its own error. */
export function runParts(org: Org, operation: Operation, parts: readonly Part[], allOrNone: boolean): PartReply[] {
  const mark = operation.transaction.undo.length;
  const answers = new Map<string, unknown>();
  const replies: PartReply[] = [];
  for (const part of parts) {
    const reply = runPart(org, operation, part, answers);
    const failed = reply.httpStatusCode >= 300;
    if (failed && allOrNone) {
      org.store.rollback(operation.transaction, mark);
      return parts.map((one) => (one === part ? reply : halted(one)));
    }
    if (!failed) answers.set(part.referenceId, reply.body);
    replies.push(reply);
  }
  return replies;
}

function runPart(org: Org, operation: Operation, part: Part, answers: Answers): PartReply {
  const reply = answerPart(org, operation, part, answers);
  return {
    body: reply.body ?? null,
    httpHeaders: reply.headers ?? {},
    httpStatusCode: reply.status,
    referenceId: part.referenceId,
  };
}

function answerPart(org: Org, operation: Operation, part: Part, answers: Answers): ResourceReply {
  try {
    const { version, segments, query } = parseUrl(resolveText(part.url, answers));
    const body = part.body === null || part.body === undefined ? undefined : resolveReferences(part.body, answers);
    const headers = lowerCase(part.httpHeaders ?? {});
    const allowDuplicates = operation.allowDuplicates || allowsDuplicates(headers);
    const own = { ...operation, version, allowDuplicates };
    return answerResource(org, own, { method: part.method, segments, query, body });
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: [error.error] };
    throw error;
  }
}

function parseUrl(text: string): { version: number; segments: string[]; query: URLSearchParams } {
  const match = /^\/services\/data\/v(\d+\.0)\/([^?\s]+)(?:\?(\S*))?$/.exec(text);
  const [, version = '', path = '', query = ''] = match ?? [];
  if (!isServed(Number(version))) throw notFound();
  return { version: Number(version), segments: path.split('/').map(decodeSegment), query: new URLSearchParams(query) };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw notFound();
  }
}

function halted(part: Part): PartReply {
  const message = 'The transaction was rolled back since another operation in the same transaction failed.';
  return {
    body: [{ errorCode: 'PROCESSING_HALTED', message }],
    httpHeaders: {},
    httpStatusCode: 400,
    referenceId: part.referenceId,
  };
}

/**
 * The order of a collated request is the platform's own affair: it groups what is alike, and keeps only what a
 * reference asks for. Here later parts without references go first, so that relying on the order is found out.
 */
function collate(parts: readonly Part[]): Part[] {
  const done = new Set<string>();
  const left = parts.toReversed();
  const ordered: Part[] = [];
  while (left.length > 0) {
    const ready = left.findIndex((part) => [...referencesIn([part.url, part.body])].every((id) => done.has(id)));
    const [part] = left.splice(Math.max(ready, 0), 1);
    if (part === undefined) break;
    done.add(part.referenceId);
    ordered.push(part);
  }
  return ordered;
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function limit(message: string): Refusal {
  return new Refusal(400, 'LIMIT_EXCEEDED', message);
}
