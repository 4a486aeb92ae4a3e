import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { describe, expect, it } from 'vitest';
import { answerSchema } from '../../../../functions/enrichment/understanding/prompt.ts';
import { strictForm } from '../../../../functions/enrichment/understanding/strict-form.ts';
import { catalogueEntrySchema } from '../../../../shared/settings/settings.ts';

const entry = (id: string) => catalogueEntrySchema.parse({ id, name: `The ${id} tour`, category: null });

describe('the form that a model is to fill in', () => {
  const schema = answerSchema([entry('sunset'), entry('reef')]);

  it('is what OpenAI’s own helper makes of it, for either way of asking', () => {
    const form = strictForm(schema, 'guest_words');
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(plain({ type: 'json_schema', ...form })).toEqual(plain(zodTextFormat(schema, 'guest_words')));
    expect(plain({ type: 'json_schema', json_schema: form })).toEqual(plain(zodResponseFormat(schema, 'guest_words')));
  });
});
