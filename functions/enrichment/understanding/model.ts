import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import * as z from 'zod';
import { entryFor, perCompany, secretReader } from '../../../shared/secrets/secrets.ts';
import type { RulesReason, Understanding } from '../../../shared/understanding/understanding.ts';
import {
  answerSchema,
  canaryOf,
  echoesCanary,
  type FormAnswer,
  factsMessage,
  INSTRUCTIONS,
  inputHash,
  type ModelInput,
  PROMPT_VERSION,
} from './prompt.ts';

type Lineage = NonNullable<Understanding['lineage']>;

/** How one company's model is reached. */
export interface ModelAccess {
  readonly apiKey: string;
  readonly baseUrl?: string | undefined;
  readonly model?: string | undefined;
}

/** Gives a company's access, undefined where it has no key. */
export type ReadModelAccess = (company: string) => Promise<ModelAccess | undefined>;

/** The OpenAI secret: one entry per company, `*` for all the others. */
export const openAiSecretSchema = perCompany(
  z.object({
    apiKey: z.string().default(''),
    baseUrl: z.string().optional(),
    model: z.string().optional(),
  }),
);

export type ModelSecret = z.infer<typeof openAiSecretSchema>;

/**
 * Reads the companies' access from the OpenAI secret: their own entry, else `*`. A missing or empty key means rules only.
 * What it gives throws ConfigurationError where the secret does not fit.
 */
export function modelAccess(client: SecretsManagerClient, secretId: string): ReadModelAccess {
  const read = secretReader(client, secretId, openAiSecretSchema);
  return async (company) => {
    const entry = entryFor(await read(), company);
    if (entry === undefined || entry.apiKey === '') return undefined;
    return { apiKey: entry.apiKey, baseUrl: entry.baseUrl || undefined, model: entry.model || undefined };
  };
}

export interface ModelOptions {
  /** The model's name: the access's own, else the settings'. */
  readonly model: string;
  /** Milliseconds for the whole call, the answer's body included. */
  readonly timeoutMs: number;
}

/** What came of asking. Lineage wherever the model was asked and answered at all, for that is paid for. */
export type ModelAnswer =
  | { readonly mode: 'model'; readonly answer: FormAnswer; readonly lineage: Lineage }
  | {
      readonly mode: 'rules';
      readonly reason: RulesReason;
      readonly lineage: Lineage | null;
      /** The server's HTTP status, where it refused. */
      readonly status?: number | undefined;
    };

/** Output and, with models that think first, their thinking: the form itself takes about 200 tokens. */
const MAX_OUTPUT_TOKENS = 2_000;

/**
 * Asks the model once. Never throws and never takes much longer than the timeout: every outcome is an answer.
 * Nothing is stored at the server and nothing is tried again; the next change of the booking is the next try.
 */
export async function askModel(input: ModelInput, access: ModelAccess, options: ModelOptions): Promise<ModelAnswer> {
  const hash = inputHash(options.model, input);
  try {
    const response = await request(input, hash, access, options);
    return readResponse(response, lineageOf(options.model, hash, response.usage), canaryOf(hash));
  } catch (error) {
    return { mode: 'rules', ...failureOf(error, lineageOf(options.model, hash, undefined)) };
  }
}

async function request(input: ModelInput, hash: string, access: ModelAccess, { model, timeoutMs }: ModelOptions) {
  const client = new OpenAI({
    apiKey: access.apiKey,
    baseURL: access.baseUrl ?? 'https://api.openai.com/v1',
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: timeoutMs,
    // The guest's words go to the configured address and nowhere else.
    fetchOptions: { redirect: 'manual' },
    // The SDK's own log would hold bodies.
    logLevel: 'off',
  });
  const body = {
    model,
    store: false,
    instructions: INSTRUCTIONS,
    input: [
      { role: 'developer' as const, content: factsMessage(input.facts, canaryOf(hash)) },
      { role: 'user' as const, content: input.words },
    ],
    text: { format: zodTextFormat(answerSchema(input.catalogue), 'guest_words') },
    max_output_tokens: MAX_OUTPUT_TOKENS,
    ...(thinks(model) && { reasoning: { effort: 'low' as const } }),
  };
  return await client.responses.parse(body, { signal: AbortSignal.timeout(timeoutMs) });
}

/** Models that think before they answer would not be done in time unless told to be brief; others refuse to be told. */
function thinks(model: string): boolean {
  return /^(o\d|gpt-5)/.test(model) && !model.includes('chat');
}

type Response = Awaited<ReturnType<typeof request>>;

function readResponse(response: Response, lineage: Lineage, canary: string): ModelAnswer {
  const rules = (reason: RulesReason): ModelAnswer => ({ mode: 'rules', reason, lineage });
  const contents = response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
  if (contents.some(({ type }) => type === 'refusal')) return rules('refusal');
  if (response.status === 'incomplete') {
    return rules(response.incomplete_details?.reason === 'content_filter' ? 'refusal' : 'truncated');
  }
  if (response.status === 'failed' || response.status === 'cancelled') return rules('outage');
  if (echoesCanary(response.output_text, canary)) return rules('canary');
  const answer = response.output_parsed;
  return answer === null ? rules('out-of-schema') : { mode: 'model', answer, lineage };
}

function lineageOf(model: string, hash: string, usage: Response['usage']): Lineage {
  return {
    model,
    promptVersion: PROMPT_VERSION,
    inputHash: hash,
    inputTokens: usage?.input_tokens ?? 0,
    cachedTokens: usage?.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
  };
}

interface Failure {
  readonly reason: RulesReason;
  readonly lineage: Lineage | null;
  readonly status?: number | undefined;
}

function failureOf(error: unknown, lineage: Lineage): Failure {
  if (error instanceof OpenAI.APIConnectionTimeoutError || error instanceof OpenAI.APIUserAbortError) {
    return { reason: 'timeout', lineage: null };
  }
  if (error instanceof OpenAI.RateLimitError) return { reason: 'quota', lineage: null, status: error.status };
  if (error instanceof OpenAI.APIError) return { reason: 'outage', lineage: null, status: error.status };
  // The SDK parses a completed answer itself: an answer that is no JSON, or not the form, was given and paid for.
  if (error instanceof z.ZodError || error instanceof SyntaxError) return { reason: 'out-of-schema', lineage };
  return {
    reason: error instanceof DOMException && error.name === 'TimeoutError' ? 'timeout' : 'outage',
    lineage: null,
  };
}
