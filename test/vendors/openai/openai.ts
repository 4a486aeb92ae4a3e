import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { keep } from '../../evidence/trail.ts';
import type { Route, Vendor, VendorReply, VendorRequest } from '../server.ts';
import { chatBody, readChatRequest } from './chat.ts';
import { createModes, type Mode, modeSchema } from './modes.ts';
import { answer } from './reader.ts';
import { type Reply, type ReplyBody, responseBody } from './reply.ts';
import { type ResponseRequest, readRequest } from './response-request.ts';
import type { JsonSchema } from './strict-schema.ts';
import { createPromptCache, tokensOf, type Usage, usageOf } from './usage.ts';

export interface OpenAiOptions {
  readonly apiKey?: string;
  /** The models that exist. */
  readonly models?: readonly string[];
  /** How it answers until told otherwise by `setMode` or `POST /_mode`. */
  readonly mode?: Mode['mode'];
  /** How long each answer takes, milliseconds. */
  readonly latencyMs?: number;
}

export interface OpenAi extends Vendor {
  /** Everything the model was sent, newest last: the body of each request as it came, for scanning. */
  readonly inputs: readonly string[];
  /** Changes how the next requests are answered: `times` of them, or all until the next change. */
  setMode(mode: Mode): void;
}

const REMEMBERED_INPUTS = 20_000;
const SHOWN_INPUTS = 100;
const NOTHING_SERVED = { answers: 0, refused: 0, input_tokens: 0, cached_tokens: 0, output_tokens: 0 };

/** The stand-in of OpenAI's two ways to ask a model, Responses and Chat Completions, all paths under `/v1`. */
export function createOpenAi(options: OpenAiOptions = {}): OpenAi {
  const { apiKey = 'sk-local', latencyMs = 0 } = options;
  const models = new Set(options.models ?? ['gpt-local']);
  const modes = createModes(options.mode ?? 'answer');
  const inputs: string[] = [];
  const cache = createPromptCache();
  const served = { ...NOTHING_SERVED };

  const respond =
    (read: typeof readRequest, shape: (said: Reply) => ReplyBody) =>
    async (http: VendorRequest): Promise<VendorReply> => {
      inputs.push(http.body);
      keep('model', http.body);
      if (inputs.length > REMEMBERED_INPUTS) inputs.shift();
      const request = read(http.json(), models);
      if ('message' in request) {
        served.refused += 1;
        return failed(400, request.message, 'invalid_request_error', request.param, request.code);
      }
      const mode = modes.take();
      const wait = mode.delayMs ?? (mode.mode === 'slow' ? 60_000 : latencyMs);
      if (wait > 0) await new Promise((done) => setTimeout(done, wait).unref());
      const said = reply(request, mode.mode, cache.take(request.prompt));
      count(served, said.usage);
      const body = shape(said);
      return { status: 200, headers: { 'x-request-id': `req_${randomBytes(8).toString('hex')}` }, body };
    };
  return {
    name: 'openai',
    routes: [
      { name: 'responses', method: 'POST', pattern: '/v1/responses', handle: respond(readRequest, responseBody) },
      { name: 'chat', method: 'POST', pattern: '/v1/chat/completions', handle: respond(readChatRequest, chatBody) },
      modelRoute(models),
      modeRoute(modes.set),
    ],
    inputs,
    setMode: modes.set,
    state: () => ({ mode: modes.current(), served, lastInputs: inputs.slice(-SHOWN_INPUTS) }),
    reset: () => {
      modes.reset();
      cache.clear();
      inputs.length = 0;
      Object.assign(served, NOTHING_SERVED);
    },
    before: ({ headers }, { name }) => (name === 'mode' ? undefined : authenticate(headers.authorization, apiKey)),
    notFound: ({ method, path }) => failed(404, `Invalid URL (${method} ${path})`, 'invalid_request_error', null, null),
  };
}

function count(served: typeof NOTHING_SERVED, usage: Usage): void {
  served.answers += 1;
  served.input_tokens += usage.input_tokens;
  served.cached_tokens += usage.input_tokens_details.cached_tokens;
  served.output_tokens += usage.output_tokens;
}

function modelRoute(models: ReadonlySet<string>): Route {
  return {
    name: 'model',
    method: 'GET',
    pattern: '/v1/models/:id',
    handle: ({ params }) => {
      const id = params.id ?? '';
      if (models.has(id))
        return { status: 200, body: { id, object: 'model', created: 1_750_000_000, owned_by: 'local' } };
      return failed(404, `The model '${id}' does not exist.`, 'invalid_request_error', 'model', 'model_not_found');
    },
  };
}

/** `POST /_mode {"mode", "delayMs"?, "times"?}`, without a key: a person or another process changes the manner. */
function modeRoute(set: (mode: Mode) => void): Route {
  return {
    name: 'mode',
    method: 'POST',
    pattern: '/_mode',
    handle: (request) => {
      const mode = modeSchema.safeParse(request.json());
      if (!mode.success)
        return { status: 400, body: { error: `expected ${modeSchema.shape.mode.options.join(', ')}` } };
      set(mode.data);
      return { status: 204 };
    },
  };
}

function reply(request: ResponseRequest, mode: Mode['mode'], cached: number): Reply {
  const { text, truncated } = written(request, mode);
  return { request, text, refused: mode === 'refusal', truncated, usage: usageOf(request.prompt, cached, text) };
}

function written(request: ResponseRequest, mode: Mode['mode']): { text: string; truncated: boolean } {
  const manner = mode === 'obey' ? 'obey' : 'read';
  const { schema: root, text, instructions } = request;
  const answered = answer({ root, text, instructions, manner });
  const whole = JSON.stringify(answered);
  if (mode === 'not-json') return { text: 'Sure! Here is what I found:', truncated: false };
  if (mode === 'out-of-schema') return { text: outOfSchema(answered, root), truncated: false };
  const most = request.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  if (mode !== 'truncated' && tokensOf(whole) <= most) return { text: whole, truncated: false };
  return { text: whole.slice(0, Math.min(Math.floor(whole.length / 2), most * 4)), truncated: true };
}

/** Puts a word no enumeration holds in place of the first property that is not free text. */
function outOfSchema(whole: unknown, schema: JsonSchema): string {
  const closed = Object.entries(schema.properties ?? {}).find(([, { type, enum: options }]) => {
    return type !== 'string' || options !== undefined;
  });
  return JSON.stringify({
    ...z.record(z.string(), z.unknown()).parse(whole),
    [closed?.[0] ?? 'more']: 'something-else',
  });
}

function authenticate(authorization: string | undefined, apiKey: string): VendorReply | undefined {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const given = authorization ?? '';
  if (timingSafeEqual(digest(given), digest(`Bearer ${apiKey}`))) return undefined;
  const message = given === '' ? "You didn't provide an API key." : 'Incorrect API key provided.';
  return failed(401, message, 'invalid_request_error', null, given === '' ? null : 'invalid_api_key');
}

/** The API's error shape. A quota that is used up, for a scripted fault, is `insufficientQuota`. */
function failed(status: number, message: string, type: string, param: string | null, code: string | null): VendorReply {
  return { status, body: { error: { message, type, param, code } } };
}

/** The body of a 429 for an account whose money is used up: waiting does not help. */
export const insufficientQuota = {
  error: {
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  },
};
