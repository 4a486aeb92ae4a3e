import type { BodyType } from './body.ts';
import { createFareHarbor } from './fareharbor.ts';
import type { JsonObject } from './json.ts';
import type { BookingInput } from './record.ts';

/**
 * A webhook's whole body, `{"booking": {…}}`, for tests that need no FareHarbor around it. Everything not given is
 * invented; the same input gives the same body.
 *
 * @param input what the booking is like; its `deviations` make it as odd as production.
 * @param options `changed`: laid over the finished booking, for what FareHarbor would never send; `paid`: with the
 * whole amount paid by card; `now`: the clock in milliseconds.
 */
export function bookingBody(
  input: BookingInput = {},
  options: { bodyType?: BodyType; paid?: boolean; now?: number; changed?: JsonObject } = {},
): { booking: JsonObject } {
  const now = options.now ?? Date.parse('2026-03-10T18:00:00Z');
  const fareharbor = createFareHarbor({ now: () => now });
  const { uuid } = fareharbor.book(input);
  if (options.paid === true) fareharbor.pay(uuid);
  const { booking }: { booking: JsonObject } = JSON.parse(fareharbor.bodyOf(uuid, options.bodyType));
  return { booking: { ...booking, ...options.changed } };
}
