import { RetryableError } from '../../shared/errors/errors.ts';
import { errorFacts, type Log, type Meter } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { RetrieveBooking, Retrieved } from './fareharbor.ts';

/** The booking's JSON to go by, and where it came from; undefined when FareHarbor knows no such booking. */
export type Truth = { readonly raw: unknown; readonly source: BookingRecord['source'] } | undefined;

export interface TruthRequest {
  readonly company: string;
  readonly uuid: string;
  /** `booking` of the webhook's body. */
  readonly body: unknown;
  /** How often the message was given out, this time included. */
  readonly receives: number;
}

/** Finds out what is true of a booking. */
export type FindTruth = (request: TruthRequest) => Promise<Truth>;

/** Tries of Retrieve booking before the webhook's body is taken for it. */
const RETRIEVE_TRIES = 3;

/**
 * Truth by Retrieve booking where there is API access, else the webhook's body. Made once per batch: all messages of
 * a batch were received before it began, so one answer serves all messages of the same booking.
 *
 * FareHarbor failing, or refusing our keys, does not stop bookings: after a few tries the body serves, and a metric
 * tells that it was not verified.
 */
export function findTruth(retrieve: RetrieveBooking, deps: { readonly log: Log; readonly meter: Meter }): FindTruth {
  const asked = new Map<string, Promise<Retrieved>>();
  const ask = (company: string, uuid: string): Promise<Retrieved> => {
    const key = `${company} ${uuid}`;
    const answer = asked.get(key) ?? retrieve(company, uuid);
    asked.set(key, answer);
    return answer;
  };
  return async ({ company, uuid, body, receives }) => {
    const retrieved = await ask(company, uuid).catch((error: unknown) => {
      if (receives < RETRIEVE_TRIES) throw error;
      deps.meter.count(METRIC.bookingUnverified);
      deps.log.warn('booking.unverified', { uuid, company, ...errorFacts(error) });
      return { kind: 'unanswered' } as const;
    });
    switch (retrieved.kind) {
      case 'found':
        return { raw: retrieved.booking, source: 'api' };
      case 'unknown':
        // It may have been told of before it can be read; a booking that stays unknown was never FareHarbor's.
        if (receives >= RETRIEVE_TRIES) return undefined;
        throw new RetryableError('fareharbor.unknown-booking', `FareHarbor does not know booking ${uuid} yet`);
      case 'keys-rejected':
        deps.meter.count(METRIC.fareHarborKeysRejected);
        deps.log.error('fareharbor.keys-rejected', { company, code: retrieved.code });
        return { raw: body, source: 'webhook' };
      default:
        return { raw: body, source: 'webhook' };
    }
  };
}
