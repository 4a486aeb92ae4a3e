import { afterAll, beforeAll, expect, it } from 'vitest';
import { deliverSamples, type SampleRun } from '../../infra/local/samples.ts';
import type { Stack } from '../../infra/local/stack.ts';
import { sampleStories } from '../samples/stories.ts';
import { startPipeline } from './driver.ts';

const stories = sampleStories({ now: Date.now(), prefix: 'sample' });
let stack: Stack;
let run: SampleRun;
beforeAll(async () => {
  stack = await startPipeline();
  run = await deliverSamples(stack, { checkVendors: true });
});
afterAll(() => stack.close());

it.each(stories.map(({ title }) => title))('%s: reaches the state it should have in both vendors', (title) => {
  const result = run.results.find(({ story }) => story.title === title);
  expect(result?.differences).toEqual([]);
});

it('there are at least fourteen stories', () => {
  expect(stories.length).toBeGreaterThanOrEqual(14);
});

it('Mailchimp noticed nothing that it took without doing what was meant', () => {
  expect(stack.vendors.mailchimp.vendor.state()).toMatchObject({ noticed: [] });
});

/** The words that are found in the text as words: `Hale` is not in `whale`. */
function found(words: readonly string[], text: string): string[] {
  const asWord = (word: string) => new RegExp(`(?<![\\p{L}\\d])${RegExp.escape(word)}(?![\\p{L}\\d])`, 'iu');
  return words.filter((word) => asWord(word).test(text));
}

it('nothing personal and no key is in any log (invariant 8)', () => {
  const lines = stack.logs();
  expect(lines.length).toBeGreaterThan(100);
  const keys = ['local-secret', 'local-key-us1', 'sk-local', stack.webhookKey];
  expect(found([...guests(), ...keys], lines.join('\n'))).toEqual([]);
});

it('nothing personal goes to the model (invariant 8)', () => {
  const inputs = stack.vendors.openai.vendor.inputs.map((input) => JSON.stringify(input)).join('\n');
  expect(inputs.length).toBeGreaterThan(0);
  const uuids = [...stack.vendors.fareharbor.vendor.account.bookings.keys()];
  expect(found([...guests(), ...uuids], inputs)).toEqual([]);
});

function guests(): string[] {
  const contacts = [...stack.vendors.fareharbor.vendor.account.bookings.values()].map(({ contact }) => contact);
  const names = contacts.flatMap(({ name }) => name.split(/\s+/).filter((part) => part.length > 3));
  const addresses = contacts.flatMap(({ email, normalizedPhone }) => [email, normalizedPhone]);
  return [...names, ...addresses].filter((text): text is string => typeof text === 'string' && text.length > 3);
}
