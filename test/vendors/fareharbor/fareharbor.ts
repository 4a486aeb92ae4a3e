import { setTimeout as wait } from 'node:timers/promises';
import type { Route, Vendor, VendorReply, VendorRequest } from '../server.ts';
import { authenticate, type Credentials, type RateLimit, RateLimiter } from './access.ts';
import { Account } from './account.ts';
import { apiError, FareHarborRefusal, refusalReply } from './api-error.ts';
import { type BodyType, renderBooking, renderItemNotification } from './body.ts';
import { type BookingDesk, bookingRoutes } from './booking-routes.ts';
import { type Company, sampleCompanies } from './catalogue.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import type { Deviation } from './deviations.ts';
import type { JsonObject } from './json.ts';
import type { AvailabilityRecord, BookingEdit, BookingInput, BookingRecord, PaymentRecord } from './record.ts';
import { type Delivery, type SenderOptions, type Subscription, WebhookSender } from './webhook-sender.ts';

export interface FareHarborOptions {
  readonly companies?: readonly Company[];
  /** Key pairs that may use the API. */
  readonly credentials?: readonly Credentials[];
  /** FareHarbor's own limits by default; false lifts them. */
  readonly rateLimit?: RateLimit | false;
  /** Requests answered at the same time before 420; only `latencyMs` can make them meet. */
  readonly maxConnections?: number;
  /** Milliseconds that each API answer takes. */
  readonly latencyMs?: number;
  /** Milliseconds; the clock of everything but the webhook sender's pauses. */
  readonly now?: () => number;
  /** Bookings of two stand-ins with different seeds never share a uuid. */
  readonly seed?: string;
  /** Applied to every body, beside each booking's own. */
  readonly deviations?: readonly Deviation[];
  readonly webhooks?: SenderOptions;
}

export interface SendOptions {
  readonly bodyType?: BodyType;
  /** The exact text to send, such as one kept from earlier, instead of the booking as it now is. */
  readonly body?: string;
}

/** The ways in which things happen at FareHarbor. None of them sends a webhook by itself. */
export interface Desk {
  addAvailability(company: string, item: number, startAt: string, capacity?: number): AvailabilityRecord;
  book(input?: BookingInput): BookingRecord;
  edit(uuid: string, edit: BookingEdit): BookingRecord;
  pay(uuid: string, payment?: { amount?: number; type?: string; status?: PaymentRecord['status'] }): BookingRecord;
  refund(uuid: string, refund?: { amount?: number; cancelled?: boolean }): BookingRecord;
  /** Cancels the booking, or the one that it became by rebooking; gives the cancelled one. */
  cancel(uuid: string): BookingRecord;
  reinstate(uuid: string): BookingRecord;
  /** Gives the new booking; the old one is `rebooked`. */
  rebook(uuid: string, input?: BookingInput): BookingRecord;
  checkIn(uuid: string, customerPks?: readonly number[]): BookingRecord;
  noShow(uuid: string, customerPks?: readonly number[]): BookingRecord;
  undoCheckin(uuid: string, customerPks?: readonly number[]): BookingRecord;
  /** A reminder went out by SMS: FareHarbor sends a webhook though nothing that anyone cares about has changed. */
  remind(uuid: string): BookingRecord;
}

/** FareHarbor's webhooks: one address, set by its staff. Changes made by API are sent of themselves. */
export interface Webhooks {
  readonly webhooks: WebhookSender;
  subscribe(subscription: Subscription | undefined): void;
  /** The webhook body of the booking as it is now, as text. */
  bodyOf(uuid: string, bodyType?: BodyType): string;
  itemBody(company: string, item: number): string;
  /** Posts a webhook of the booking by FareHarbor's retry rule. @throws Error when nobody subscribed. */
  sendWebhook(uuid: string, options?: SendOptions): Promise<Delivery>;
  sendItemWebhook(company: string, item: number): Promise<Delivery>;
}

export interface FareHarbor extends Vendor, Desk, Webhooks {
  /** Path of the API's root, to be put behind the server's address. */
  readonly apiPath: string;
  readonly account: Account;
  /** Requests refused so far because they were too many. */
  readonly refusedForRate: () => number;
}

export const defaultCredentials: Credentials = {
  appKey: '00000000-0000-4000-8000-00000000000a',
  userKey: '00000000-0000-4000-8000-00000000000b',
};

const publishedLimit: RateLimit = { perSecond: 30, perFiveMinutes: 3000 };

/** A strict, stateful stand-in for FareHarbor: its External API v1 and its webhooks. */
export function createFareHarbor(options: FareHarborOptions = {}): FareHarbor {
  const now = options.now ?? Date.now;
  const account = new Account(options.companies ?? sampleCompanies, now, options.seed ?? 'fareharbor');
  const limiter = options.rateLimit === false ? undefined : new RateLimiter(options.rateLimit ?? publishedLimit, now);
  const credentials = options.credentials ?? [defaultCredentials];
  const render = (record: BookingRecord, bodyType: BodyType): JsonObject => {
    const placesLeft = account.placesLeft(record.availability);
    return renderBooking(record, { bodyType, now: now(), placesLeft, deviations: options.deviations ?? [] });
  };
  const sending = webhooksOf(account, render, options.webhooks);
  const desk: BookingDesk = {
    account,
    now,
    show: (record, withPayments) => render(record, withPayments ? 'full-with-payments' : 'full'),
    changed: sending.changed,
  };
  const routes = [...catalogueRoutes(account, now), ...bookingRoutes(desk)];
  return {
    ...desksOf(account),
    ...sending,
    name: 'fareharbor',
    apiPath: '/api/external/v1',
    account,
    routes: withConnections(routes, options.maxConnections ?? 50, options.latencyMs ?? 0),
    refusedForRate: () => limiter?.refused ?? 0,
    before: (request) => limiter?.check() ?? withSlash(request) ?? authenticate(request, credentials),
    notFound: () => refusalReply(apiError(404, undefined, 'Not found')),
    state: () => ({
      companies: [...account.companies.keys()],
      bookings: [...account.bookings.values()].map((record) => render(record, 'full-with-payments')),
      deliveries: sending.webhooks.deliveries,
    }),
    reset: () => {
      account.clear();
      sending.webhooks.reset();
      limiter?.reset();
    },
  };
}

function desksOf(account: Account): Desk {
  return {
    addAvailability: (shortname, itemPk, startAt, capacity) => {
      const company = account.company(shortname);
      return account.availabilityAt(company, account.item(company, itemPk), startAt, capacity);
    },
    book: (input) => account.book(input),
    edit: (uuid, edit) => account.edit(uuid, edit),
    pay: (uuid, payment) => account.pay(uuid, payment),
    refund: (uuid, refund) => account.refund(uuid, refund),
    cancel: (uuid) => account.cancel(uuid),
    reinstate: (uuid) => account.reinstate(uuid),
    rebook: (uuid, input) => account.rebook(uuid, input),
    checkIn: (uuid, pks) => account.setCheckin(uuid, 'checked-in', pks),
    noShow: (uuid, pks) => account.setCheckin(uuid, 'no-show', pks),
    undoCheckin: (uuid, pks) => account.setCheckin(uuid, null, pks),
    remind: (uuid) => account.remind(uuid),
  };
}

type ApiEvent = 'created' | 'changed' | 'cancelled';
const sentFor: Readonly<Record<NonNullable<Subscription['on']>, readonly ApiEvent[]>> = {
  all: ['created', 'changed', 'cancelled'],
  creations: ['created'],
  cancellations: ['cancelled'],
};

function webhooksOf(
  account: Account,
  render: (record: BookingRecord, bodyType: BodyType) => JsonObject,
  options: SenderOptions | undefined,
): Webhooks & Pick<BookingDesk, 'changed'> {
  const webhooks = new WebhookSender(options);
  let subscription: Subscription | undefined;
  const bodyOf = (uuid: string, bodyType?: BodyType): string => {
    const type = bodyType ?? subscription?.bodyType ?? 'full-with-payments';
    return JSON.stringify({ booking: render(account.booking(uuid), type) });
  };
  const itemBody = (shortname: string, itemPk: number): string => {
    const company = account.company(shortname);
    return JSON.stringify({ item: renderItemNotification(company, account.item(company, itemPk)) });
  };
  const post = async (subject: string, body: string): Promise<Delivery> => {
    if (subscription === undefined) throw new Error('no webhook is set up: subscribe first');
    return webhooks.send(subscription.url, subject, body);
  };
  return {
    webhooks,
    bodyOf,
    itemBody,
    subscribe: (wanted) => {
      subscription = wanted;
    },
    sendWebhook: async (uuid, { bodyType, body } = {}) => post(uuid, body ?? bodyOf(uuid, bodyType)),
    sendItemWebhook: async (shortname, itemPk) => post(`item-${itemPk}`, itemBody(shortname, itemPk)),
    changed: (event, records) => {
      if (subscription === undefined || !webhooks.active || !sentFor[subscription.on ?? 'all'].includes(event)) return;
      for (const { uuid } of records) void post(uuid, bodyOf(uuid));
    },
  };
}

/** Every address of the API ends with a slash; one without it is another address. */
function withSlash({ path }: VendorRequest): VendorReply | undefined {
  return path.endsWith('/') ? undefined : refusalReply(apiError(404, undefined, 'Not found'));
}

/** Turns refusals into answers, and lets no more than `most` requests be answered at the same time. */
function withConnections(routes: readonly Route[], most: number, latencyMs: number): Route[] {
  let open = 0;
  const answer = async (route: Route, request: VendorRequest): Promise<VendorReply> => {
    if (open >= most) return refusalReply(apiError(420, undefined, 'Enhance Your Calm'));
    open += 1;
    try {
      if (latencyMs > 0) await wait(latencyMs);
      return await route.handle(request);
    } catch (error) {
      if (error instanceof FareHarborRefusal) return refusalReply(error);
      throw error;
    } finally {
      open -= 1;
    }
  };
  return routes.map((route) => ({ ...route, handle: (request) => answer(route, request) }));
}
