import { type Bucket, refilled } from '../../shared/rate-budget/token-bucket.ts';
import type { Webhook } from './load.ts';
import { SERVICE, serve } from './service.ts';
import type { World } from './world.ts';

/** FareHarbor tries again so often, and so many seconds apart. */
const RETRIES = 3;
const RETRY_SECONDS = 60;

/**
 * API Gateway and ingest: a webhook is refused where the throttle or the account's places are used up; FareHarbor then
 * sends it again, and gives up after a while.
 */
export function gateway(world: World): (webhook: Webhook) => void {
  const { clock, counts, plant, places } = world;
  const rule = { capacity: plant.webhooks.burst, perSecond: plant.webhooks.perSecond };
  let bucket: Bucket = { tokens: rule.capacity, at: 0 };
  const mayPass = (): boolean => {
    bucket = refilled(bucket, clock.now * 1000, rule);
    if (bucket.tokens < 1) return false;
    bucket = { ...bucket, tokens: bucket.tokens - 1 };
    if (places.take()) return true;
    counts.crowded += 1;
    return false;
  };
  const giveUp = (): void => {
    counts.lost += 1;
    world.webhooksUnderWay -= 1;
  };
  const arrive = (webhook: Webhook, retriesLeft: number): void => {
    world.use('webhooks', 1);
    if (!mayPass()) {
      counts.refused += 1;
      if (retriesLeft > 0) clock.after(RETRY_SECONDS, () => arrive(webhook, retriesLeft - 1));
      else giveUp();
      return;
    }
    const { seconds } = serve(SERVICE.ingest, plant.memory.ingest, world.chance);
    const arrivedAt = clock.now;
    world.use('lambda', seconds);
    clock.after(seconds, () => {
      places.giveBack();
      world.use('sqsSends', 1);
      counts.taken += 1;
      world.bookings.send(webhook.booking.id, { booking: webhook.booking, webhook, arrivedAt, receives: 0 });
    });
  };
  return (webhook) => {
    counts.webhooks += 1;
    world.webhooksUnderWay += 1;
    arrive(webhook, RETRIES);
  };
}
