import { describe, expect, test } from 'vitest';
import { createFareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import { bookingSchemas } from '../vendors/fareharbor/published-schemas.ts';
import { sampleStories } from './stories.ts';
import { bookingsOf, type Delivery, play, type Story } from './story.ts';

const setting = { now: Date.parse('2026-03-10T20:30:00Z'), prefix: 'sample' };
const stories = sampleStories(setting);

/** Plays the story and gives what was delivered, in order; `|` where the story waited. */
async function told(story: Story): Promise<{ deliveries: Delivery[]; order: string[] }> {
  const fareharbor = createFareHarbor({ now: () => setting.now });
  const deliveries: Delivery[] = [];
  const order: string[] = [];
  const names = new Map(bookingsOf(story).map((uuid, index) => [uuid, index === 0 ? 'first' : 'second']));
  await play(story, fareharbor, {
    deliver: async (delivery) => {
      deliveries.push(delivery);
      order.push(names.get(delivery.uuid) ?? 'unknown');
    },
    settle: async () => {
      order.push('|');
    },
  });
  return { deliveries, order };
}

function storyOf(id: string): Story {
  const story = stories.find((candidate) => candidate.id === id);
  if (story === undefined) throw new Error(`no story ${id}`);
  return story;
}

test('the same setting gives the same stories, another prefix other bookings and guests', () => {
  expect(sampleStories(setting)).toEqual(stories);
  const keys = (of: readonly Story[]) => of.flatMap(bookingsOf);
  const others = keys(sampleStories({ ...setting, prefix: 'other' }));
  expect(keys(stories).filter((uuid) => others.includes(uuid))).toEqual([]);
});

test('the stories asked for are all there, each id, booking, address and phone number once', () => {
  const ids = stories.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['new-booking', 'duplicate', 'edit', 'edit-and-back', 'cancelled']));
  expect(ids).toEqual(expect.arrayContaining(['rebooked-old-first', 'rebooked-new-first', 'reinstated', 'checked-in']));
  expect(ids).toEqual(expect.arrayContaining(['no-show', 'affiliate', 'corporate', 'yen', 'no-email', 'no-consent']));
  expect(ids).toEqual(expect.arrayContaining(['two-at-once', 'scripts', 'unknown-fields']));
  const once = (values: readonly (string | null)[]) => expect(values.length).toBe(new Set(values).size);
  once(ids);
  once(stories.flatMap(bookingsOf));
  once(stories.flatMap(({ expect: { guests } }) => guests.map(({ email, name }) => email ?? name)));
  once(
    stories.map(
      ({ steps }) => steps.flatMap((step) => (step.do === 'book' ? [step.booking.contact?.phone] : []))[0] ?? null,
    ),
  );
});

test('nobody in them is real: every address is under .test, every number in the range kept for fiction', () => {
  for (const { steps, expect: expected } of stories) {
    for (const { email } of expected.guests) if (email !== null) expect(email).toMatch(/^[a-z.]+@[a-z.-]+\.test$/);
    for (const step of steps)
      if (step.do === 'book') expect(step.booking.contact?.phone).toMatch(/^\+1 202-555-01\d\d$/);
  }
});

describe.each(stories.map((story) => [story.id, story] as const))('%s', (_id, story) => {
  test('ends at FareHarbor as the story expects it, in bodies that FareHarbor could send', async () => {
    const { deliveries } = await told(story);
    const last = new Map(deliveries.map(({ uuid, body }) => [uuid, JSON.parse(body).booking]));
    expect([...last.keys()].sort()).toEqual(story.expect.bookings.map(({ uuid }) => uuid).sort());
    for (const { uuid, status, opportunity } of story.expect.bookings) {
      const booking = last.get(uuid);
      expect(booking.status).toBe(status);
      const current = last.get(opportunity?.currentUuid ?? uuid);
      if (opportunity === null) continue;
      expect(current.receipt_total || current.invoice_price).toBe(opportunity.amountMinor);
      expect(current.company.currency.toUpperCase()).toBe(opportunity.currency);
      expect(current.customer_count).toBe(opportunity.partySize);
      expect(current.availability.start_at.slice(0, 10)).toBe(opportunity.tourDate);
    }
    if (story.steps.some((step) => step.do === 'book' && step.booking.deviations !== undefined)) return;
    for (const { body } of deliveries) {
      const fits = bookingSchemas().some((fitsSchema) => fitsSchema(JSON.parse(body)));
      expect(fits, body).toBe(true);
    }
  });
});

test('tours lie on the side of now that next and last tour say', () => {
  for (const { steps, expect: expected } of stories) {
    const starts = steps.flatMap((step) => (step.do === 'book' ? [step.booking.startAt ?? ''] : []));
    const past = expected.guests.some(({ member }) => member !== null && member.lastTour !== null);
    for (const start of starts) expect(Date.parse(start.replace(/00$/, ':00')) < setting.now).toBe(past);
  }
});

test('an edit taken back ends with the very body it began with', async () => {
  const { deliveries } = await told(storyOf('edit-and-back'));
  const [a, b, again] = deliveries.map(({ body }) => body);
  expect(again).toBe(a);
  expect(b).not.toBe(a);
});

test('a duplicate is the very same text', async () => {
  const { deliveries } = await told(storyOf('duplicate'));
  expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
  expect(deliveries.length).toBe(3);
});

test('a rebooking is told in both orders, linked both ways, with new customers', async () => {
  expect((await told(storyOf('rebooked-old-first'))).order).toEqual(['first', '|', 'first', '|', 'second']);
  const { order, deliveries } = await told(storyOf('rebooked-new-first'));
  expect(order).toEqual(['first', '|', 'second', '|', 'first']);
  const [, created, old] = deliveries.map(({ body }) => JSON.parse(body).booking);
  expect([created.rebooked_from, old.rebooked_to]).toEqual([old.uuid, created.uuid]);
  const pks = (booking: { customers: { pk: number }[] }) => booking.customers.map(({ pk }) => pk);
  expect(pks(created).filter((pk) => pks(old).includes(pk))).toEqual([]);
});

test('two bookings at once are on their way together', async () => {
  const fareharbor = createFareHarbor({ now: () => setting.now });
  let underway = 0;
  let most = 0;
  await play(storyOf('two-at-once'), fareharbor, {
    deliver: async () => {
      underway += 1;
      most = Math.max(most, underway);
      await Promise.resolve();
      underway -= 1;
    },
    settle: async () => {},
  });
  expect(most).toBe(2);
});
