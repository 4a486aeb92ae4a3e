import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type RunningVendor, serveVendor } from '../server.ts';
import { createOpenAi } from './openai.ts';

let server: RunningVendor;
beforeAll(async () => {
  server = await serveVendor(createOpenAi());
});
afterAll(() => server.close());

const schema = {
  type: 'object',
  properties: { occasion: { type: 'string', enum: ['none', 'birthday'] } },
  required: ['occasion'],
  additionalProperties: false,
};
const request = {
  model: 'gpt-local',
  store: false,
  messages: [
    { role: 'system', content: 'Fill in the form.' },
    { role: 'user', content: 'It is my birthday' },
  ],
  response_format: { type: 'json_schema', json_schema: { name: 'form', strict: true, schema } },
};

const answerSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string(),
        message: z.object({ role: z.string(), content: z.string(), refusal: z.null() }),
      }),
    )
    .default([]),
  usage: z
    .object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() })
    .default({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
  error: z.object({ param: z.string().nullable() }).optional(),
});

async function ask(body: object) {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-local' };
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return { status: response.status, body: answerSchema.parse(await response.json()) };
}

describe('chat completions', () => {
  it('answer with the form as text, and count tokens by their own names', async () => {
    const { status, body } = await ask(request);
    expect(status).toBe(200);
    expect(body.choices).toMatchObject([{ finish_reason: 'stop', message: { role: 'assistant', refusal: null } }]);
    expect(JSON.parse(body.choices[0]?.message.content ?? '')).toEqual({ occasion: 'birthday' });
    const { prompt_tokens, completion_tokens, total_tokens } = body.usage;
    expect(prompt_tokens).toBeGreaterThan(0);
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
  });

  const [system, user] = request.messages;
  it.each<[string, object, string]>([
    ['what may be stored', { store: true }, 'store'],
    ['an unknown parameter', { max_tokens: 5 }, 'max_tokens'],
    ['another model', { model: 'gpt-none' }, 'model'],
    ['two system messages', { messages: [system, system, user] }, 'messages'],
    ['a role that open models do not know', { messages: [{ role: 'developer', content: 'x' }, user] }, 'messages'],
    ['free text for an answer', { response_format: { type: 'text' } }, 'response_format'],
    [
      'a form that is not strict',
      { response_format: { type: 'json_schema', json_schema: { name: 'form', schema } } },
      'response_format',
    ],
  ])('refuse %s', async (_, change, param) => {
    const { status, body } = await ask({ ...request, ...change });
    expect([status, body.error?.param]).toEqual([400, param]);
  });
});
