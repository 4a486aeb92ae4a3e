import * as z from 'zod';
import { bookingUuidSchema } from '../booking/booking.ts';
import { PermanentError, RetryableError } from '../errors/errors.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { SecretReader } from '../secrets/held-secret.ts';
import { accessOf, askFareHarbor, type FareHarborSecret } from './access.ts';

/** What a list says of a booking that is of use here: lists leave out people's answers, prices and payments. */
export const listedSchema = z.looseObject({ uuid: bookingUuidSchema, status: z.string() });
export type Listed = Pick<z.infer<typeof listedSchema>, 'uuid' | 'status'>;

/** The first and the last day of a range, as `YYYY-MM-DD` on the company's own calendar. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/**
 * The lists of FareHarbor's External API by which every booking of a company can be found. Each is one call.
 * @throws RetryableError when FareHarbor did not answer or is busy; PermanentError where it never will, with what to do.
 */
export interface FareHarborLists {
  /** Shortnames of the companies that this company's keys may read. */
  companies(company: string): Promise<readonly string[]>;
  /** The pks of everything the company sells or sold. */
  items(company: string): Promise<readonly number[]>;
  /** The pks of an item's availabilities that start on these days. FareHarbor wants ranges of ten days or so at most. */
  availabilities(company: string, item: number, days: Days): Promise<readonly number[]>;
  /** The bookings of one availability, the cancelled and rebooked ones included. */
  bookings(company: string, availability: number): Promise<readonly Listed[]>;
}

const companiesSchema = z.object({ companies: z.array(z.looseObject({ shortname: z.string() })) });
const itemsSchema = z.object({ items: z.array(z.looseObject({ pk: z.int() })) });
const availabilitiesSchema = z.object({ availabilities: z.array(z.looseObject({ pk: z.int() })) });
const bookingsSchema = z.object({ bookings: z.array(z.unknown()) });

/** @param http asks the budget of calls before each: lists are background work. */
export function fareHarborLists(secret: SecretReader<FareHarborSecret>, http: HttpClient): FareHarborLists {
  /** The answer's JSON as the schema's type; undefined when there is no such thing. */
  const list = async <Schema extends z.ZodType>(company: string, path: string, schema: Schema) => {
    const access = accessOf(await secret(), company);
    if (access === undefined) throw withoutAccess(company);
    const answer = await askFareHarbor(access, path, http);
    if (answer.kind === 'unknown') return undefined;
    if (answer.kind === 'keys-rejected') throw rejected(company, answer.code);
    const parsed = schema.safeParse(answer.json);
    if (parsed.success) return parsed.data;
    throw new RetryableError('fareharbor.malformed', `FareHarbor answered 200 without the list asked for (${company})`);
  };
  const of = (company: string) => `companies/${encodeURIComponent(company)}`;
  return {
    async companies(company) {
      const found = await list(company, 'companies/', companiesSchema);
      return (found?.companies ?? []).map(({ shortname }) => shortname);
    },
    async items(company) {
      const found = await list(company, `${of(company)}/items/`, itemsSchema);
      return (found?.items ?? []).map(({ pk }) => pk);
    },
    async availabilities(company, item, { from, to }) {
      const path = `${of(company)}/items/${item}/minimal/availabilities/date-range/${from}/${to}/`;
      const found = await list(company, path, availabilitiesSchema);
      return (found?.availabilities ?? []).map(({ pk }) => pk);
    },
    async bookings(company, availability) {
      const found = await list(company, `${of(company)}/availabilities/${availability}/bookings/`, bookingsSchema);
      // Without a uuid there is nothing that could be asked for.
      return (found?.bookings ?? []).flatMap((one) => listedSchema.safeParse(one).data ?? []);
    },
  };
}

function withoutAccess(company: string): PermanentError {
  return new PermanentError('fareharbor.no-access', `there are no keys of FareHarbor's API for ${company}`, {
    remedy: 'put appKey and userKey into the fareharbor secret (FareHarbor grants access case by case)',
  });
}

function rejected(company: string, code: string): PermanentError {
  return new PermanentError('fareharbor.keys-rejected', `FareHarbor refuses the API keys of ${company} (${code})`, {
    remedy: 'put the right appKey and userKey into the fareharbor secret',
  });
}
