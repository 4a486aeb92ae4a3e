import type { SQSRecord } from 'aws-lambda';
import type { BookingStatus } from '../../shared/booking/booking.ts';
import { type Consumer, correlationOf, inItsName } from '../../shared/fifo/consumer.ts';
import type { Log } from '../../shared/observability/logger.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { WebhookConsumer } from './consume-webhooks.ts';
import { deliveryOf } from './delivery.ts';
import { BodyReader } from './normalise/body-reader.ts';
import { identify, normalise } from './normalise/normalise.ts';

/**
 * Makes a batch with several webhooks of one booking do the work of the last of them only: what the others say was
 * over before the batch began. 500 changes in a row become some 50 looks, also where FareHarbor cannot be asked.
 *
 * The first of them does that work, and the others share what comes of it. So none is acknowledged before the newest
 * state is safe, and a booking that has to wait keeps count of how often it did.
 *
 * @param batch what the consumer will be given, in order.
 * @param settings of the companies there are: what would be quarantined stands for no booking.
 */
export function oncePerBooking(
  consumer: WebhookConsumer,
  batch: readonly SQSRecord[],
  { settings, log }: { readonly settings: Settings; readonly log: Log },
): Consumer {
  const newest = newestOf(batch, settings);
  const outcomes = new Map<SQSRecord, Promise<void>>();
  return {
    ...consumer,
    handle(message) {
      const last = newest.get(message.messageId);
      if (last === undefined) return consumer.handle(message);
      const { MessageGroupId: group } = message.attributes;
      if (last !== message) log.info('webhook.superseded', { group, by: correlationOf(last) });
      const begun = outcomes.get(last);
      if (begun !== undefined) return begun;
      const { ApproximateReceiveCount } = message.attributes;
      const work = { ...last, attributes: { ...last.attributes, ApproximateReceiveCount } };
      // In the name of the webhook whose body it is: that one leads to the version.
      const outcome =
        last === message ? consumer.handle(message, true) : inItsName(work, () => consumer.handle(work, true));
      outcomes.set(last, outcome);
      return outcome;
    },
  };
}

/**
 * For each webhook of a booking, by its message's id, the last one of that booking in the batch; or the last one that
 * says it was rebooked, since it then stays so: a body that says otherwise was written before, and came late.
 */
function newestOf(batch: readonly SQSRecord[], settings: Settings): ReadonlyMap<string, SQSRecord> {
  const groups = Map.groupBy(batch, ({ attributes }) => attributes.MessageGroupId ?? '');
  const several = [...groups.values()].filter((messages) => messages.length > 1).flat();
  const news = several.flatMap((message) => {
    const told = readable(() => newsOf(message, settings));
    return told === undefined ? [] : [{ message, ...told }];
  });
  return new Map(
    [...Map.groupBy(news, ({ booking }) => booking).values()].flatMap((bodies) => {
      const last = bodies.findLast(({ status }) => status === 'rebooked') ?? bodies.at(-1);
      return last === undefined ? [] : bodies.map(({ message }) => [message.messageId, last.message] as const);
    }),
  );
}

/** A message that cannot be read stands for no booking here; the consumer says what is wrong with it. */
function readable<Told>(read: () => Told | undefined): Told | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Which booking a message brings news of; undefined where it brings none that can be used, or only asks. */
function newsOf(
  message: SQSRecord,
  { companies }: Settings,
): { readonly booking: string; readonly status: BookingStatus } | undefined {
  const { kind, body, keyCompany } = deliveryOf(message);
  if (kind !== 'booking') return undefined;
  const raw = new BodyReader(JSON.parse(body.toString('utf8'))).raw('booking');
  const identity = identify(raw, keyCompany);
  if (typeof identity === 'string') return undefined;
  const { company, uuid } = identity;
  const settings = Object.hasOwn(companies, company) ? companies[company] : undefined;
  if (settings === undefined || (keyCompany !== '*' && keyCompany !== company)) return undefined;
  const normalised = normalise(raw, { partySizeQuestions: settings.partySizeQuestions, keyCompany: company });
  if (typeof normalised === 'string') return undefined;
  return { booking: `${company} ${uuid}`, status: normalised.booking.status };
}
