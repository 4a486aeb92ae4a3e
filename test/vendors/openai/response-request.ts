import * as z from 'zod';
import { type JsonSchema, jsonSchema, wrongWithSchema } from './strict-schema.ts';

export const contentPart = z.looseObject({ type: z.string(), text: z.string().optional() });
export const inputItem = z.looseObject({
  role: z.enum(['user', 'assistant', 'system', 'developer']).optional(),
  content: z.union([z.string(), z.array(contentPart)]).optional(),
});
const format = z.looseObject({
  type: z.string(),
  name: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
  strict: z.boolean().nullish(),
  schema: jsonSchema.optional(),
});
const requestBody = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(inputItem)]),
  instructions: z.string().nullish(),
  max_output_tokens: z.int().min(16).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  text: z.looseObject({ format: format.optional() }).optional(),
});

const PARAMETERS = new Set(
  [
    'background conversation include input instructions max_output_tokens max_tool_calls metadata model',
    'parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_retention reasoning',
    'safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs',
    'top_p truncation user',
  ].flatMap((line) => line.split(' ')),
);

/** A request in the form the stand-in answers from. */
export interface ResponseRequest {
  readonly model: string;
  /** Everything the developer says: instructions, system and developer messages. */
  readonly instructions: string;
  /** What is to be read: the last user message, or the input where it is plain text. */
  readonly text: string;
  /** All the model is sent, in order: what a cached prefix is measured on. */
  readonly prompt: string;
  readonly schema: JsonSchema;
  readonly maxOutputTokens: number | undefined;
}

/** What is wrong with a request, as the API words it. */
export interface RequestError {
  readonly message: string;
  readonly param: string | null;
  readonly code: string | null;
}

/**
 * Reads a body of `POST /v1/responses` the way a strict reviewer would: known parameters only, `store: false`,
 * no stream, a structured-output format of the strict kind.
 */
export function readRequest(body: unknown, models: ReadonlySet<string>): ResponseRequest | RequestError {
  const parsed = requestBody.safeParse(body);
  if (!parsed.success) return fromIssue(parsed.error.issues[0]);
  const request = parsed.data;
  const unknown = Object.keys(request).find((name) => !PARAMETERS.has(name));
  if (unknown !== undefined) return refused(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter');
  if (!models.has(request.model)) {
    return refused(`The requested model '${request.model}' does not exist.`, 'model', 'model_not_found');
  }
  if (request.store !== false) {
    return refused(
      'This stand-in insists on store: false: what guests write is not to be kept.',
      'store',
      'store_not_false',
    );
  }
  if (request.stream === true) return refused('This stand-in does not stream.', 'stream', 'unsupported_value');
  const given = request.text?.format;
  const schema = given?.type === 'json_schema' ? given.schema : undefined;
  if (given === undefined || schema === undefined) {
    return refused('This stand-in wants a text.format of type json_schema with its schema.', 'text.format', null);
  }
  if (given.name === undefined) {
    return refused("Missing required parameter: 'text.format.name'.", 'text.format.name', 'missing_required_parameter');
  }
  const wrong = given.strict === true ? wrongWithSchema(schema) : 'the format must be strict.';
  if (wrong !== undefined) {
    const message = `Invalid schema for response_format '${given.name}': ${wrong}`;
    return refused(message, 'text.format.schema', 'invalid_json_schema');
  }
  return understood(request, schema);
}

interface Understandable {
  readonly model: string;
  readonly input: string | readonly z.infer<typeof inputItem>[];
  readonly instructions?: string | null | undefined;
  readonly max_output_tokens?: number | null | undefined;
}

/** A request that nothing is wrong with. */
export function understood(request: Understandable, schema: JsonSchema): ResponseRequest {
  const items = typeof request.input === 'string' ? [{ role: 'user', content: request.input }] : request.input;
  const messages = items.map(({ role, content }) => ({ role: role ?? 'user', text: textOf(content) }));
  const said = (roles: readonly string[]): string[] =>
    messages.filter(({ role }) => roles.includes(role)).map(({ text }) => text);
  const instructions = [request.instructions ?? '', ...said(['system', 'developer'])].join('\n');
  const prompt = [JSON.stringify(schema), request.instructions ?? '', ...messages.map(({ text }) => text)].join('\n');
  return {
    model: request.model,
    instructions,
    text: said(['user']).at(-1) ?? '',
    prompt,
    schema,
    maxOutputTokens: request.max_output_tokens ?? undefined,
  };
}

function textOf(content: string | readonly z.infer<typeof contentPart>[] | undefined): string {
  if (content === undefined) return '';
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n');
}

export function fromIssue(issue: z.core.$ZodIssue | undefined): RequestError {
  const param = issue?.path.join('.') ?? '';
  return refused(`Invalid value for '${param}': ${issue?.message ?? 'not understood'}.`, param, 'invalid_value');
}

export function refused(message: string, param: string, code: string | null): RequestError {
  return { message, param, code };
}
