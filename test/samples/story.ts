import type { BodyType } from '../vendors/fareharbor/body.ts';
import type { FareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import type { BookingEdit, BookingInput } from '../vendors/fareharbor/record.ts';
import type { Expectation } from './expectation.ts';

/** One thing that happens at FareHarbor, or a webhook that leaves it, or a wait. */
export type Step =
  | { readonly do: 'book'; readonly booking: BookingInput & { readonly uuid: string } }
  | { readonly do: 'edit'; readonly uuid: string; readonly edit: BookingEdit }
  | { readonly do: 'pay'; readonly uuid: string; readonly amount?: number; readonly type?: string }
  | { readonly do: 'refund'; readonly uuid: string; readonly amount?: number }
  | { readonly do: 'cancel' | 'reinstate' | 'check-in' | 'no-show' | 'remind'; readonly uuid: string }
  | { readonly do: 'rebook'; readonly uuid: string; readonly to: BookingInput & { readonly uuid: string } }
  /** A webhook for each booking, as it now is: one after the other, or all at once. */
  | {
      readonly do: 'deliver';
      readonly uuids: readonly string[];
      readonly atOnce?: boolean;
      readonly bodyType?: BodyType;
    }
  /** Wait until what was delivered has reached both vendors. */
  | { readonly do: 'settle' };

/** Something that happens to one guest or two, told in steps, with what must come of it. */
export interface Story {
  readonly id: string;
  readonly title: string;
  /** What happened, for a table: a few words. */
  readonly what: string;
  readonly steps: readonly Step[];
  readonly expect: Expectation;
}

/** One webhook on its way. */
export interface Delivery {
  readonly uuid: string;
  /** The exact text of the webhook's body. */
  readonly body: string;
}

export interface Courier {
  /** Posts the webhook; resolves when it was taken (200), else rejects. */
  deliver(delivery: Delivery): Promise<void>;
  /** Resolves when everything delivered for these bookings has reached both vendors. */
  settle(uuids: readonly string[]): Promise<void>;
}

/** Tells the story: makes it happen at FareHarbor and sends its webhooks, step by step. */
export async function play(story: Story, fareharbor: FareHarbor, courier: Courier): Promise<void> {
  const delivered = new Set<string>();
  for (const step of story.steps) {
    if (step.do === 'settle') await courier.settle([...delivered]);
    else if (step.do === 'deliver') await deliver(step, fareharbor, courier, delivered);
    else happen(step, fareharbor);
  }
}

async function deliver(
  { uuids, atOnce, bodyType }: Extract<Step, { do: 'deliver' }>,
  fareharbor: FareHarbor,
  courier: Courier,
  delivered: Set<string>,
): Promise<void> {
  const deliveries = uuids.map((uuid) => ({ uuid, body: fareharbor.bodyOf(uuid, bodyType) }));
  for (const { uuid } of deliveries) delivered.add(uuid);
  if (atOnce === true) await Promise.all(deliveries.map((delivery) => courier.deliver(delivery)));
  else for (const delivery of deliveries) await courier.deliver(delivery);
}

function happen(step: Exclude<Step, { do: 'deliver' | 'settle' }>, fareharbor: FareHarbor): void {
  switch (step.do) {
    case 'book':
      fareharbor.book(step.booking);
      return;
    case 'edit':
      fareharbor.edit(step.uuid, step.edit);
      return;
    case 'pay': {
      const { amount, type } = step;
      fareharbor.pay(step.uuid, { ...(amount !== undefined && { amount }), ...(type !== undefined && { type }) });
      return;
    }
    case 'refund':
      fareharbor.refund(step.uuid, step.amount === undefined ? {} : { amount: step.amount });
      return;
    case 'cancel':
      fareharbor.cancel(step.uuid);
      return;
    case 'reinstate':
      fareharbor.reinstate(step.uuid);
      return;
    case 'rebook':
      fareharbor.rebook(step.uuid, step.to);
      return;
    case 'check-in':
      fareharbor.checkIn(step.uuid);
      return;
    case 'no-show':
      fareharbor.noShow(step.uuid);
      return;
    case 'remind':
      fareharbor.remind(step.uuid);
  }
}

/** The bookings that the story is about, in the order in which they come to be. */
export function bookingsOf({ steps }: Story): string[] {
  return steps.flatMap((step) => {
    if (step.do === 'book') return [step.booking.uuid];
    return step.do === 'rebook' ? [step.to.uuid] : [];
  });
}
