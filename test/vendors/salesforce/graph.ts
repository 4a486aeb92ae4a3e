import * as z from 'zod';
import { PART, type Part, type PartReply, requireParts, runParts } from './composite.ts';
import { badJson, Refusal } from './errors.ts';
import type { Org } from './org.ts';
import type { Operation } from './records.ts';
import { referencesIn } from './references.ts';
import type { ResourceReply } from './resources.ts';

const MAX_GRAPHS = 75;
const MAX_NODES = 500;
const MAX_DEPTH = 15;
const MAX_KINDS = 15;
/** After so many failed graphs the platform gives up on the others. */
const MAX_FAILED = 14;

const GRAPHS = z.object({
  graphs: z.array(z.object({ graphId: z.string(), compositeRequest: z.array(PART).min(1) })).min(1),
});
type Graph = z.infer<typeof GRAPHS>['graphs'][number];

const NODE_URL = /^\/services\/data\/(v\d+\.0)\/sobjects\/([^/?]+)(?:[/?]|$)/;

/**
 * Runs composite graphs: each is all or none by itself.
 *
 * @throws Refusal 400 when the request as a whole breaks a limit; then nothing has run.
 */
export function answerGraphs(org: Org, operation: Operation, body: unknown): ResourceReply {
  const parsed = GRAPHS.safeParse(body);
  if (!parsed.success) throw badJson(`not a composite graph request: ${z.prettifyError(parsed.error)}`);
  const { graphs } = parsed.data;
  requireLimits(graphs);
  let failures = 0;
  const results = graphs.map(({ graphId, compositeRequest }) => {
    const replies =
      failures >= MAX_FAILED ? compositeRequest.map(givenUp) : runParts(org, operation, compositeRequest, true);
    const isSuccessful = replies.every((reply) => reply.httpStatusCode < 300);
    if (!isSuccessful) failures += 1;
    return { graphId, graphResponse: { compositeResponse: replies }, isSuccessful };
  });
  return { status: 200, body: { graphs: results } };
}

function requireLimits(graphs: readonly Graph[]): void {
  const nodes = graphs.reduce((sum, graph) => sum + graph.compositeRequest.length, 0);
  if (graphs.length > MAX_GRAPHS) throw refused(`a request has at most ${MAX_GRAPHS} graphs`);
  if (nodes > MAX_NODES) throw refused(`a request has at most ${MAX_NODES} nodes over all graphs`);
  if (new Set(graphs.map((graph) => graph.graphId)).size < graphs.length) throw refused('graphId must be unique');
  for (const { compositeRequest } of graphs) {
    requireParts(compositeRequest);
    if (depth(compositeRequest) > MAX_DEPTH) throw refused(`a graph is at most ${MAX_DEPTH} nodes deep`);
    if (new Set(compositeRequest.map(kindOf)).size > MAX_KINDS) {
      throw refused(`a graph has at most ${MAX_KINDS} different combinations of version, method and object`);
    }
  }
}

/** Version, method and object of a node. @throws Refusal for anything but a single record. */
function kindOf(part: Part): string {
  const match = NODE_URL.exec(part.url);
  if (match === null) throw refused(`a graph takes single records only, not ${part.url}`);
  return `${match[1]} ${part.method} ${match[2]}`;
}

function depth(parts: readonly Part[]): number {
  const depths = new Map<string, number>();
  for (const part of parts) {
    const parents = [...referencesIn([part.url, part.body])].map((reference) => depths.get(reference) ?? 0);
    depths.set(part.referenceId, 1 + Math.max(0, ...parents));
  }
  return Math.max(0, ...depths.values());
}

function givenUp(part: Part): PartReply {
  const message = `The request was stopped after ${MAX_FAILED} graphs had failed.`;
  return {
    body: [{ errorCode: 'PROCESSING_HALTED', message }],
    httpHeaders: {},
    httpStatusCode: 400,
    referenceId: part.referenceId,
  };
}

function refused(message: string): Refusal {
  return new Refusal(400, 'INVALID_INPUT', message);
}
