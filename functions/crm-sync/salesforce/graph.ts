import * as z from 'zod';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { COMPOSITE_PATH, type Part, type Replies, readReplies } from './composite.ts';
import { CODE, readErrors } from './salesforce-errors.ts';

export const GRAPH_PATH = `${COMPOSITE_PATH}/graph`;

/** Salesforce's limits of one request: graphs, and parts over all of them. */
export const MOST_GRAPHS = 75;
export const MOST_NODES = 500;

/** Parts that are done all or not at all, whatever becomes of the other graphs of the request. No queries. */
export interface Graph {
  /** Unique in its request. */
  readonly id: string;
  readonly parts: readonly Part[];
}

/** What became of a graph: its replies, why it was refused, or that it was not tried. */
export type GraphReply = Replies | RetryableError | PermanentError | 'not-tried';

/** The request's body. */
export function graphsBody(graphs: readonly Graph[]): object {
  return { graphs: graphs.map(({ id, parts }) => ({ graphId: id, compositeRequest: parts })) };
}

const replySchema = z.object({
  graphs: z.array(
    z.object({
      graphId: z.string(),
      graphResponse: z.object({ compositeResponse: z.array(z.looseObject({ body: z.unknown().optional() })) }),
    }),
  ),
});

/**
 * What became of each graph, by its id. Salesforce gives up on a request after 14 graphs have failed: the graphs after
 * them were not tried, and say so.
 * @throws RetryableError when the answer is not one to these graphs.
 */
export function readGraphs(reply: unknown, graphs: readonly Graph[]): ReadonlyMap<string, GraphReply> {
  const parsed = replySchema.safeParse(reply);
  if (!parsed.success || parsed.data.graphs.length !== graphs.length) {
    throw new RetryableError(CODE.malformed, 'Salesforce answered something that is no reply to these graphs');
  }
  const responses = new Map(parsed.data.graphs.map(({ graphId, graphResponse }) => [graphId, graphResponse]));
  return new Map(graphs.map(({ id, parts }) => [id, readGraph(responses.get(id), parts)]));
}

type GraphResponse = z.infer<typeof replySchema>['graphs'][number]['graphResponse'];

function readGraph(response: GraphResponse | undefined, parts: readonly Part[]): GraphReply {
  const halted = response?.compositeResponse.every(({ body }) => readErrors(body)?.[0]?.code === 'PROCESSING_HALTED');
  if (halted) return 'not-tried';
  try {
    return readReplies(response, parts);
  } catch (error) {
    if (error instanceof RetryableError || error instanceof PermanentError) return error;
    throw error;
  }
}
