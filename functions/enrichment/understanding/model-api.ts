import type OpenAI from 'openai';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Tokens } from '../model-economy/prices.ts';
import { answerSchema, canaryOf, factsMessage, INSTRUCTIONS, type ModelInput } from './prompt.ts';
import { strictForm } from './strict-form.ts';

/** The ways to speak to a server: OpenAI's own, and the one that all other servers know. */
export type ModelApi = CompanySettings['model']['api'];

/** What a server said, whichever way it was asked. */
export interface Said {
  /** `failed`: it answered that it could not. */
  readonly end: 'complete' | 'refused' | 'truncated' | 'failed';
  readonly text: string;
  /** Undefined where the server does not count. */
  readonly tokens: Tokens | undefined;
}

export interface Request {
  readonly model: string;
  readonly input: ModelInput;
  readonly hash: string;
  readonly timeoutMs: number;
}

/** Output and, with models that think first, their thinking: the form itself takes about 200 tokens. */
export const MAX_OUTPUT_TOKENS = 2_000;

const FORM = 'guest_words';

/**
 * Asks in the one way or the other: fixed text first, the guest's words last, nothing stored, nothing tried again.
 * @throws whatever the client throws where no answer came.
 */
export async function say(client: OpenAI, api: ModelApi, request: Request): Promise<Said> {
  return api === 'chat' ? await byChat(client, request) : await byResponses(client, request);
}

/**
 * All that a server is sent, as one text in the order in which it reads it; its bytes are more than its tokens.
 */
export function promptOf({ input, hash }: Pick<Request, 'input' | 'hash'>): string {
  const schema = JSON.stringify(formOf(input));
  return [schema, INSTRUCTIONS, factsMessage(input.facts, canaryOf(hash)), input.words].join('\n');
}

type Form = ReturnType<typeof strictForm>;
const forms = new WeakMap<ReturnType<typeof answerSchema>, Form>();

/** The form as a server wants it; made once for each schema. */
function formOf({ catalogue }: ModelInput): Form {
  const schema = answerSchema(catalogue);
  const form = forms.get(schema) ?? strictForm(schema, FORM);
  forms.set(schema, form);
  return form;
}

async function byResponses(client: OpenAI, { model, input, hash, timeoutMs }: Request): Promise<Said> {
  const response = await client.responses.create(
    {
      model,
      store: false,
      instructions: INSTRUCTIONS,
      input: [
        { role: 'developer', content: factsMessage(input.facts, canaryOf(hash)) },
        { role: 'user', content: input.words },
      ],
      text: { format: { type: 'json_schema', ...formOf(input) } },
      max_output_tokens: MAX_OUTPUT_TOKENS,
      ...(thinks(model) && { reasoning: { effort: 'low' } }),
    },
    { signal: AbortSignal.timeout(timeoutMs) },
  );
  const { status, incomplete_details: incomplete, usage } = response;
  const contents = response.output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const refused = contents.some(({ type }) => type === 'refusal') || incomplete?.reason === 'content_filter';
  const failed = status === 'failed' || status === 'cancelled';
  return {
    end: refused ? 'refused' : status === 'incomplete' ? 'truncated' : failed ? 'failed' : 'complete',
    text: contents.map((content) => (content.type === 'output_text' ? content.text : '')).join(''),
    tokens: usage && {
      inputTokens: usage.input_tokens,
      cachedTokens: usage.input_tokens_details?.cached_tokens ?? 0,
      outputTokens: usage.output_tokens,
    },
  };
}

/** One system message, as templates of open models know no other and no second one. */
async function byChat(client: OpenAI, { model, input, hash, timeoutMs }: Request): Promise<Said> {
  const completion = await client.chat.completions.create(
    {
      model,
      store: false,
      messages: [
        { role: 'system', content: `${INSTRUCTIONS}\n\n${factsMessage(input.facts, canaryOf(hash))}` },
        { role: 'user', content: input.words },
      ],
      response_format: { type: 'json_schema', json_schema: formOf(input) },
      max_completion_tokens: MAX_OUTPUT_TOKENS,
      ...(thinks(model) && { reasoning_effort: 'low' }),
    },
    { signal: AbortSignal.timeout(timeoutMs) },
  );
  const [choice] = completion.choices;
  const { usage } = completion;
  const reason = choice?.finish_reason;
  const refused = Boolean(choice?.message.refusal) || reason === 'content_filter';
  return {
    end: refused ? 'refused' : reason === 'length' ? 'truncated' : choice === undefined ? 'failed' : 'complete',
    text: choice?.message.content ?? '',
    tokens: usage && {
      inputTokens: usage.prompt_tokens,
      cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
      outputTokens: usage.completion_tokens,
    },
  };
}

/** Models that think before they answer would not be done in time unless told to be brief; others refuse to be told. */
function thinks(model: string): boolean {
  return /^(o\d|gpt-5)/.test(model) && !model.includes('chat');
}
