import { randomBytes } from 'node:crypto';
import type { ResponseRequest } from './response-request.ts';
import type { Usage } from './usage.ts';

/** What the model says, whichever way it was asked. */
export interface Reply {
  readonly request: ResponseRequest;
  readonly text: string;
  readonly refused: boolean;
  readonly truncated: boolean;
  readonly usage: Usage;
}
export type ReplyBody = Readonly<Record<string, unknown>>;

export const REFUSAL = 'I cannot help with that.';

/** The reply in the shape of a response. */
export function responseBody({ request, text, refused, truncated, usage }: Reply): ReplyBody {
  const content = refused
    ? { type: 'refusal', refusal: REFUSAL }
    : { type: 'output_text', text, annotations: [], logprobs: [] };
  const status = truncated ? 'incomplete' : 'completed';
  const now = Math.floor(Date.now() / 1000);
  return {
    id: `resp_${randomBytes(16).toString('hex')}`,
    object: 'response',
    created_at: now,
    status,
    completed_at: truncated ? null : now,
    error: null,
    incomplete_details: truncated ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    metadata: {},
    model: request.model,
    max_output_tokens: request.maxOutputTokens ?? null,
    output: [
      { id: `msg_${randomBytes(16).toString('hex')}`, type: 'message', role: 'assistant', status, content: [content] },
    ],
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage,
  };
}
