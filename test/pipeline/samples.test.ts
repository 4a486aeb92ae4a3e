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

it('nothing personal and no key is in any log (invariant 8)', () => {
  const lines = stack.logs();
  expect(lines.length).toBeGreaterThan(100);
  const log = lines.join('\n').toLowerCase();
  for (const secret of secretsAndGuests()) expect(log, secret).not.toContain(secret.toLowerCase());
});

it('nothing personal goes to the model (invariant 8)', () => {
  const inputs = stack.vendors.openai.vendor.inputs
    .map((input) => JSON.stringify(input))
    .join('\n')
    .toLowerCase();
  expect(inputs.length).toBeGreaterThan(0);
  for (const personal of guests()) expect(inputs, personal).not.toContain(personal.toLowerCase());
});

function guests(): string[] {
  const contacts = [...stack.vendors.fareharbor.vendor.account.bookings.values()].map(({ contact }) => contact);
  const uuids = [...stack.vendors.fareharbor.vendor.account.bookings.keys()];
  const names = contacts.flatMap(({ name }) => name.split(/\s+/).filter((part) => part.length > 3));
  const addresses = contacts.flatMap(({ email, normalizedPhone }) => [email, normalizedPhone]);
  return [...names, ...addresses, ...uuids].filter(
    (text): text is string => typeof text === 'string' && text.length > 3,
  );
}

/** Guests but for their bookings' uuids, which a log must name; and every key that is in use. */
function secretsAndGuests(): string[] {
  const uuids = new Set(stack.vendors.fareharbor.vendor.account.bookings.keys());
  const keys = ['local-secret', 'local-key-us1', 'sk-local', stack.webhookKey];
  return [...guests().filter((text) => !uuids.has(text)), ...keys];
}
