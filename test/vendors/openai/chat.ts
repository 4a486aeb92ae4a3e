import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { REFUSAL, type Reply } from './reply.ts';
import {
  fromIssue,
  inputItem,
  type RequestError,
  type ResponseRequest,
  refused,
  understood,
} from './response-request.ts';
import { jsonSchema, wrongWithSchema } from './strict-schema.ts';

const chatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(inputItem).min(1),
  max_completion_tokens: z.int().min(1).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z
        .looseObject({ name: z.string().regex(/^[\w-]{1,64}$/), strict: z.boolean().nullish(), schema: jsonSchema })
        .optional(),
    })
    .optional(),
});

const PARAMETERS = new Set([
  'model',
  'messages',
  'max_completion_tokens',
  'store',
  'response_format',
  'reasoning_effort',
]);

/** Reads a body of `POST /v1/chat/completions` as strictly as the other way's, and into the same form. */
export function readChatRequest(body: unknown, models: ReadonlySet<string>): ResponseRequest | RequestError {
  const parsed = chatRequest.safeParse(body);
  if (!parsed.success) return fromIssue(parsed.error.issues[0]);
  const { model, messages, store, response_format: format, ...request } = parsed.data;
  const unknown = Object.keys(parsed.data).find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) return refused(`Unrecognized request argument supplied: ${unknown}`, unknown, null);
  if (!models.has(model)) return refused(`The model '${model}' does not exist.`, 'model', 'model_not_found');
  if (store !== false) return refused('This stand-in insists on store: false.', 'store', 'store_not_false');
  // Templates of open models take one system message, and that at the beginning.
  const system = messages.filter(({ role }) => role === 'system').length;
  if (system !== 1 || messages[0]?.role !== 'system' || messages.some(({ role }) => role === 'developer')) {
    return refused('This stand-in wants one system message, first.', 'messages', null);
  }
  const given = format?.type === 'json_schema' ? format.json_schema : undefined;
  if (given === undefined) return refused('This stand-in wants a json_schema.', 'response_format', null);
  const wrong = given.strict === true ? wrongWithSchema(given.schema) : 'the format must be strict.';
  if (wrong !== undefined) return refused(`Invalid schema: ${wrong}`, 'response_format', 'invalid_json_schema');
  return understood({ model, input: messages, max_output_tokens: request.max_completion_tokens }, given.schema);
}

/** The reply in the shape of a chat completion. */
export function chatBody({ request, text, refused: isRefused, truncated, usage }: Reply) {
  const message = { role: 'assistant', content: isRefused ? null : text, refusal: isRefused ? REFUSAL : null };
  return {
    id: `chatcmpl-${randomBytes(12).toString('hex')}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: truncated ? 'length' : 'stop' }],
    usage: {
      prompt_tokens: usage.input_tokens,
      completion_tokens: usage.output_tokens,
      total_tokens: usage.total_tokens,
      prompt_tokens_details: { cached_tokens: usage.input_tokens_details.cached_tokens, audio_tokens: 0 },
    },
  };
}
