import type { Route, VendorRequest } from '../server.ts';
import type { Account } from './account.ts';
import { apiError } from './api-error.ts';
import { checkinStatuses, renderAvailability } from './body.ts';
import { availabilityOf } from './booking-routes.ts';
import { type Company, type Item, instantOf } from './catalogue.ts';
import type { JsonObject } from './json.ts';
import { type AvailabilityRecord, taxOn } from './record.ts';

const root = '/api/external/v1/companies';

/** The routes that read companies, items and availabilities. */
export function catalogueRoutes(account: Account, now: () => number): Route[] {
  const company = ({ params }: VendorRequest) => account.company(params.company ?? '');
  const get = (name: string, pattern: string, answer: (request: VendorRequest) => JsonObject): Route => ({
    name,
    method: 'GET',
    pattern: `${root}${pattern}`,
    handle: (request) => ({ status: 200, body: answer(request) }),
  });
  const onDays = (request: VendorRequest, first: string, last: string): JsonObject => {
    const item = account.item(company(request), Number(request.params.pk));
    return { availabilities: between(account, item, first, last).map((one) => minimal(account, one)) };
  };
  return [
    get('companies', '', () => ({ companies: [...account.companies.values()].map(renderCompany) })),
    get('company', '/:company', (request) => ({ company: { ...renderCompany(company(request)), about: '', url: '' } })),
    get('items', '/:company/items', (request) => {
      const future = request.query.get('require_future_availabilities') === 'yes';
      const items = company(request).items.filter(
        ({ pk }) =>
          !future || [...account.availabilities.values()].some((one) => one.item.pk === pk && isAhead(one, now)),
      );
      const detailed = request.query.get('detailed') === 'yes';
      return { items: items.map((item) => renderItem(company(request), item, detailed)) };
    }),
    get('availabilities.date', '/:company/items/:pk/minimal/availabilities/date/:date', (request) => {
      const date = day(request.params.date);
      return onDays(request, date, date);
    }),
    get('availabilities.range', '/:company/items/:pk/minimal/availabilities/date-range/:first/:last', (request) => {
      const [first, last] = [day(request.params.first), day(request.params.last)];
      if (last >= first) return onDays(request, first, last);
      const message = `Please specify an end date that comes after start date ${first}`;
      throw apiError(400, 'availability-date-range-invalid', message);
    }),
    get('availability', '/:company/availabilities/:pk', (request) => {
      const availability = availabilityOf(account, request);
      return { availability: renderAvailability(availability, { placesLeft: account.placesLeft(availability) }) };
    }),
    get('checkin-statuses', '/:company/checkin-statuses', (request) => {
      company(request);
      return { checkin_statuses: Object.values(checkinStatuses).map((status) => ({ ...status })) };
    }),
    get('agents', '/:company/agents', (request) => ({ agents: company(request) && [] })),
    get('desks', '/:company/desks', (request) => ({ desks: company(request) && [] })),
    get('lodgings', '/:company/lodgings', (request) => ({ lodgings: company(request) && [] })),
  ];
}

function renderCompany({ shortname, name, currency }: Company): JsonObject {
  return { shortname, name, currency };
}

function renderItem(company: Company, item: Item, detailed: boolean): JsonObject {
  const policy = { type: 'hours-before-start', cutoff_hours_before: company.cancellationHours };
  return {
    pk: item.pk,
    name: item.name,
    headline: item.headline,
    description: item.headline,
    description_safe_html: `<p>${item.headline}</p>`,
    description_text: item.headline,
    description_bullets: [],
    location: '',
    is_pickup_ever_available: false,
    image_cdn_url: '',
    images: [],
    customer_prototypes: item.customerTypes.map((type) => ({
      pk: type.pk + 900,
      display_name: type.singular,
      total: type.price,
      total_including_tax: type.price + taxOn(company, type.price),
    })),
    ...(detailed && { effective_cancellation_policy: policy, tags: [] }),
  };
}

/** Availabilities on these days of the company's calendar, earliest first. */
function between(account: Account, item: Item, first: string, last: string): AvailabilityRecord[] {
  return [...account.availabilities.values()]
    .filter((one) => one.item.pk === item.pk && one.startAt.slice(0, 10) >= first && one.startAt.slice(0, 10) <= last)
    .sort((a, b) => instantOf(a.startAt) - instantOf(b.startAt));
}

/** The fast form: times, places and kinds of customers, without the item, its prices and its questions. */
function minimal(account: Account, availability: AvailabilityRecord): JsonObject {
  const placesLeft = account.placesLeft(availability);
  const { pk, start_at = '', end_at = '', customer_type_rates = [] } = renderAvailability(availability, { placesLeft });
  return { pk: pk ?? 0, start_at, end_at, capacity: placesLeft, customer_type_rates };
}

function isAhead({ startAt }: AvailabilityRecord, now: () => number): boolean {
  return instantOf(startAt) > now();
}

function day(text: string | undefined): string {
  if (text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  throw apiError(404, undefined, 'Not found');
}
