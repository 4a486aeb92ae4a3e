/** Tokens as the reply counts them. */
export interface Usage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

const BYTES_PER_TOKEN = 4;
const CACHED_FROM = 1_024;
const CACHED_IN_STEPS_OF = 128;
const REMEMBERED_PROMPTS = 8;

/** About four bytes to a token: close enough to plan with, never to bill with. */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / BYTES_PER_TOKEN);
}

export interface PromptCache {
  /** Counts a prompt's cached tokens (an exact prefix seen before, 1,024 tokens or more) and remembers it. */
  take(prompt: string): number;
  clear(): void;
}

export function createPromptCache(): PromptCache {
  const seen: string[] = [];
  return {
    take: (prompt) => {
      const longest = Math.max(0, ...seen.map((earlier) => commonPrefix(earlier, prompt)));
      seen.unshift(prompt);
      seen.length = Math.min(seen.length, REMEMBERED_PROMPTS);
      const tokens = Math.floor(Buffer.byteLength(prompt.slice(0, longest), 'utf8') / BYTES_PER_TOKEN);
      return tokens < CACHED_FROM ? 0 : tokens - (tokens % CACHED_IN_STEPS_OF);
    },
    clear: () => {
      seen.length = 0;
    },
  };
}

export function usageOf(prompt: string, cached: number, output: string): Usage {
  const input = tokensOf(prompt);
  const produced = tokensOf(output);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
    output_tokens: produced,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + produced,
  };
}

function commonPrefix(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  let at = 0;
  while (at < shorter && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}
