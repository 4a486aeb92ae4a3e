import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import OpenAI from 'openai';
import * as z from 'zod';
import { type HearCall, heard } from '../../../shared/observability/vendor-calls.ts';
import { entryFor, perCompany, secretReader } from '../../../shared/secrets/secrets.ts';
import type { ModelPrice } from '../../../shared/settings/settings.ts';
import type { RulesReason, Understanding } from '../../../shared/understanding/understanding.ts';
import { costMicroUsd } from '../model-economy/prices.ts';
import { MAX_OUTPUT_TOKENS, type ModelApi, promptOf, type Said, say } from './model-api.ts';
import {
  answerSchema,
  canaryOf,
  echoesPrompt,
  type FormAnswer,
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
  readonly api: ModelApi;
  /** Milliseconds for the whole call, the answer's body included. */
  readonly timeoutMs: number;
  readonly prices: ModelPrice;
  /** Told of the call. */
  readonly hear?: HearCall;
}

/** What came of asking. Lineage wherever the model answered at all, for that is paid for. */
export type ModelAnswer =
  | { readonly mode: 'model'; readonly answer: FormAnswer; readonly lineage: Lineage }
  | { readonly mode: 'rules'; readonly reason: RulesReason; readonly lineage: Lineage }
  | NoAnswer;

/** There was none. */
export interface NoAnswer {
  readonly mode: 'rules';
  readonly reason: RulesReason;
  readonly lineage: null;
  /** The call may be billed all the same: the server may have worked on it until we gave up. */
  readonly paid: boolean;
  /** The server's HTTP status, where it refused. */
  readonly status?: number | undefined;
}

/**
 * The most that asking can cost, in millionths of a US dollar: no tokenizer makes more tokens than bytes of a text.
 */
export function mostMicroUsd(input: ModelInput, { model, prices }: Pick<ModelOptions, 'model' | 'prices'>): number {
  const inputTokens = Buffer.byteLength(promptOf({ input, hash: inputHash(model, input) }), 'utf8');
  return costMicroUsd({ inputTokens, cachedTokens: 0, outputTokens: MAX_OUTPUT_TOKENS }, prices);
}

/**
 * Asks the model once. Never throws and never takes much longer than the timeout: every outcome is an answer.
 * Nothing is stored at the server and nothing is tried again here.
 */
export async function askModel(input: ModelInput, access: ModelAccess, options: ModelOptions): Promise<ModelAnswer> {
  const { model, api, timeoutMs, prices, hear } = options;
  const hash = inputHash(model, input);
  try {
    const call = () => say(clientOf(access, timeoutMs), api, { model, input, hash, timeoutMs });
    const said = await heard(hear, { method: 'POST', url: PATHS[api] }, call, () => 200);
    return readSaid(said, input, lineageOf({ model, hash, tokens: said.tokens, prices }));
  } catch (error) {
    return { mode: 'rules', lineage: null, ...failureOf(error) };
  }
}

function clientOf(access: ModelAccess, timeout: number): OpenAI {
  return new OpenAI({
    apiKey: access.apiKey,
    baseURL: access.baseUrl ?? 'https://api.openai.com/v1',
    organization: null,
    project: null,
    maxRetries: 0,
    timeout,
    // The guest's words go to the configured address and nowhere else.
    fetchOptions: { redirect: 'manual' },
    // The SDK's own log would hold bodies.
    logLevel: 'off',
  });
}

const PATHS = { responses: '/responses', chat: '/chat/completions' } as const;

const REASONS = { refused: 'refusal', truncated: 'truncated' } as const;

function readSaid({ end, text }: Said, input: ModelInput, lineage: Lineage): ModelAnswer {
  const rules = (reason: RulesReason): ModelAnswer => ({ mode: 'rules', reason, lineage });
  if (end === 'failed') return { mode: 'rules', reason: 'outage', lineage: null, paid: true };
  if (end !== 'complete') return rules(REASONS[end]);
  if (echoesPrompt(text, canaryOf(lineage.inputHash))) return rules('canary');
  const parsed = answerSchema(input.catalogue).safeParse(jsonOf(text));
  return parsed.success ? { mode: 'model', answer: parsed.data, lineage } : rules('out-of-schema');
}

/** The JSON of a text; undefined, which fits no form, where it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lineageOf(asked: {
  readonly model: string;
  readonly hash: string;
  readonly tokens: Said['tokens'];
  readonly prices: ModelPrice;
}): Lineage {
  const { model, hash, tokens, prices } = asked;
  return {
    model,
    promptVersion: PROMPT_VERSION,
    inputHash: hash,
    ...(tokens ?? { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }),
    costMicroUsd: tokens === undefined ? null : costMicroUsd(tokens, prices),
  };
}

/** What a client says of a server that it could not even begin to ask. */
const NOT_REACHED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

function failureOf(error: unknown): Pick<NoAnswer, 'reason' | 'paid' | 'status'> {
  if (error instanceof OpenAI.APIConnectionTimeoutError || error instanceof OpenAI.APIUserAbortError) {
    return { reason: 'timeout', paid: true };
  }
  // A call that a server refuses, it does not bill.
  if (error instanceof OpenAI.RateLimitError) return { reason: 'quota', paid: false, status: error.status };
  if (error instanceof OpenAI.APIError && error.status !== undefined) {
    return { reason: 'outage', paid: false, status: error.status };
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') return { reason: 'timeout', paid: true };
  return { reason: 'outage', paid: !codesOf(error).some((code) => NOT_REACHED.test(code)) };
}

/** The codes of an error and of what caused it. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...code, ...inner, ...codesOf(error.cause)];
}
