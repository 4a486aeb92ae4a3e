import { expect, test } from 'vitest';
import { createFareHarbor } from './fareharbor.ts';
import { publishedSchema } from './published-schemas.ts';
import { receiver } from './receiver.ts';
import { at, running } from './running.ts';

/** A stand-in whose pauses between tries pass at once and are written down. */
function quick(options: { deactivateAfter?: number } = {}) {
  const pauses: number[] = [];
  const wait = async (milliseconds: number) => {
    pauses.push(milliseconds);
  };
  return { fareharbor: createFareHarbor({ webhooks: { wait, ...options } }), pauses };
}

test('a 200 ends it at the first try', async () => {
  const { fareharbor, pauses } = quick();
  const { url, received } = await receiver(200);
  fareharbor.subscribe({ url, bodyType: 'optimized' });
  const { uuid } = fareharbor.book();
  const delivery = await fareharbor.sendWebhook(uuid);
  expect(delivery).toMatchObject({ subject: uuid, delivered: true, attempts: [{ attempt: 1, status: 200 }] });
  expect(pauses).toEqual([]);
  expect(publishedSchema('optimized')(JSON.parse(received[0]?.body ?? ''))).toBe(true);
});

test.each([[500], [201], [302], [404]])(
  '%i is a failure: four tries, a minute apart, the same body',
  async (status) => {
    const { fareharbor, pauses } = quick();
    const { url, received } = await receiver(status);
    fareharbor.subscribe({ url });
    const delivery = await fareharbor.sendWebhook(fareharbor.book().uuid);
    expect(delivery.delivered).toBe(false);
    expect(delivery.attempts.map((attempt) => attempt.status)).toEqual([status, status, status, status]);
    expect(pauses).toEqual([60_000, 60_000, 60_000]);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  },
);

test('a receiver that comes back gets it, and one that is not there counts as failed', async () => {
  const { fareharbor } = quick();
  const { url } = await receiver(503, 200);
  fareharbor.subscribe({ url });
  const { uuid } = fareharbor.book();
  expect((await fareharbor.sendWebhook(uuid)).attempts.map(({ status }) => status)).toEqual([503, 200]);
  fareharbor.subscribe({ url: 'http://127.0.0.1:1/hook' });
  expect((await fareharbor.sendWebhook(uuid)).attempts.map(({ status }) => status)).toEqual(Array(4).fill('failed'));
});

test('credentials in the address become Basic auth, a key in the query stays there', async () => {
  const { fareharbor } = quick();
  const { host, received } = await receiver(200);
  fareharbor.subscribe({ url: `http://fareharbor:k%2Fey@${host}/hook?key=abc` });
  await fareharbor.sendWebhook(fareharbor.book().uuid);
  expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('fareharbor:k/ey').toString('base64')}`);
  expect(received[0]?.query).toBe('key=abc');
});

test('a body kept from earlier can arrive late', async () => {
  const { fareharbor } = quick();
  const { url, received } = await receiver(200);
  fareharbor.subscribe({ url });
  const { uuid } = fareharbor.book({ note: 'before' });
  const older = fareharbor.bodyOf(uuid);
  fareharbor.edit(uuid, { note: 'after' });
  await fareharbor.sendWebhook(uuid);
  await fareharbor.sendWebhook(uuid, { body: older });
  expect(received.map(({ body }) => at(JSON.parse(body), 'booking', 'note'))).toEqual(['after', 'before']);
});

test('changes made by API are sent of themselves, those made by hand are not', async () => {
  const { url, received } = await receiver(200);
  const { fareharbor, call } = await running();
  fareharbor.subscribe({ url });
  const { uuid } = fareharbor.book();
  expect((await call('PUT', `/companies/harbor-kayaks/bookings/${uuid}/note/`, { note: 'ours' })).status).toBe(200);
  await fareharbor.webhooks.idle();
  expect(received.map(({ body }) => at(JSON.parse(body), 'booking', 'note'))).toEqual(['ours']);
});

test('a webhook for cancellations only stays silent about the rest', async () => {
  const { url, received } = await receiver(200);
  const { fareharbor, call } = await running();
  fareharbor.subscribe({ url, on: 'cancellations' });
  const { uuid } = fareharbor.book();
  await call('PUT', `/companies/harbor-kayaks/bookings/${uuid}/note/`, { note: 'ours' });
  await call('DELETE', `/companies/harbor-kayaks/bookings/${uuid}/`);
  await fareharbor.webhooks.idle();
  expect(received.map(({ body }) => at(JSON.parse(body), 'booking', 'status'))).toEqual(['cancelled']);
});

test('after too many failures in a row FareHarbor stops by itself', async () => {
  const { fareharbor } = quick({ deactivateAfter: 2 });
  const { url } = await receiver(500);
  fareharbor.subscribe({ url });
  const { uuid } = fareharbor.book();
  await fareharbor.sendWebhook(uuid);
  expect(fareharbor.webhooks.active).toBe(true);
  await fareharbor.sendWebhook(uuid);
  expect(fareharbor.webhooks.active).toBe(false);
});

test('nothing can be sent before an address is set', async () => {
  const { fareharbor } = quick();
  await expect(fareharbor.sendWebhook(fareharbor.book().uuid)).rejects.toThrow('subscribe first');
});

test('an item notification says which item', async () => {
  const { fareharbor } = quick();
  const { url, received } = await receiver(200);
  fareharbor.subscribe({ url });
  await fareharbor.sendItemWebhook('umi-tours', 13_001);
  expect(publishedSchema('item')(JSON.parse(received[0]?.body ?? ''))).toBe(true);
});
