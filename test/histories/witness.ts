import * as z from 'zod';
import type { WebhookDeps } from '../../functions/enrichment/consume-webhooks.ts';
import { type Delivery, deliveryOf } from '../../functions/enrichment/delivery.ts';
import type { RetrieveBooking } from '../../shared/fareharbor/retrieve-booking.ts';
import type { Consumer } from '../../shared/fifo/consumer.ts';

/** What FareHarbor told of a booking. */
export interface Sighting {
  readonly booking: unknown;
  /** By its API, or by a webhook's body that was believed. */
  readonly by: 'api' | 'webhook';
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** When the webhook that led to it reached us, and how often the queue has given that out. */
  readonly receivedAt: string;
  readonly receives: number;
}

export type Told = (sighting: Sighting) => void;

const bodySchema = z.object({ booking: z.looseObject({ uuid: z.string() }) });

interface Witnessed {
  readonly told: Told;
  readonly apiAccess: boolean;
  readonly now: () => Date;
}

/**
 * Stands beside enrichment and writes down what it is told of a booking and when: replies of FareHarbor; bodies where
 * there is nothing else to go by; and bodies that are believed for now, which enrichment notes beforehand.
 */
export function witness({ told, apiAccess, now }: Witnessed) {
  /** The message in hand of each booking: its queue gives out one at a time. */
  const inHand = new Map<string, Delivery>();
  const tell = (uuid: string, by: Sighting['by'], booking?: unknown): void => {
    const delivery = inHand.get(uuid);
    if (delivery === undefined) throw new Error(`nobody told of booking ${uuid}`);
    const { receivedAt, receives, body } = delivery;
    const said = booking ?? bodySchema.parse(JSON.parse(body.toString())).booking;
    told({ booking: said, by, at: now().getTime(), receivedAt, receives });
  };
  return {
    consumer: (consumer: Consumer): Consumer => ({
      ...consumer,
      async handle(message) {
        const delivery = deliveryOf(message);
        const { uuid } = bodySchema.parse(JSON.parse(delivery.body.toString())).booking;
        inHand.set(uuid, delivery);
        if (!apiAccess) tell(uuid, 'webhook');
        await consumer.handle(message);
      },
    }),
    retrieve:
      (retrieve: RetrieveBooking): RetrieveBooking =>
      async (company, uuid, share) => {
        const reply = await retrieve(company, uuid, share);
        if (reply.kind === 'found') tell(uuid, 'api', reply.booking);
        return reply;
      },
    verifications: (verifications: WebhookDeps['verifications']): WebhookDeps['verifications'] => ({
      ...verifications,
      async note(company, uuid) {
        await verifications.note(company, uuid);
        tell(uuid, 'webhook');
      },
    }),
  };
}
