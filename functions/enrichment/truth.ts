import { RetryableError } from '../../shared/errors/errors.ts';
import { errorFacts, type Log, type Meter } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { isBudgetSpent } from '../../shared/rate-budget/budgeted-http.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { BookingsTable } from '../../shared/records/bookings-table.ts';
import type { CompanySettings } from '../../shared/settings/settings.ts';
import type { RetrieveBooking, Retrieved } from './fareharbor.ts';
import type { Verifications } from './verifications.ts';

/** The booking's JSON to go by, and where it came from; undefined when FareHarbor knows no such booking. */
export type Truth =
  | { readonly raw: unknown; readonly source: 'webhook' }
  | {
      readonly raw: unknown;
      readonly source: 'api';
      /** Before FareHarbor was asked: what was noted until then is answered by this. */
      readonly askedAt: Date;
    }
  | undefined;

export interface TruthRequest {
  readonly company: string;
  readonly uuid: string;
  /** `booking` of the webhook's body. */
  readonly body: unknown;
  /** When the webhook reached us. */
  readonly receivedAt: string;
  /** How often the message was given out, this time included. */
  readonly receives: number;
  readonly whenBudgetSpent: CompanySettings['fareharbor']['whenBudgetSpent'];
}

/** Finds out what is true of a booking. */
export type FindTruth = (request: TruthRequest) => Promise<Truth>;

export interface TruthDeps {
  readonly bookings: Pick<BookingsTable, 'read'>;
  /** Where bookings are noted that FareHarbor is to be asked for later; without it, nothing is verified later. */
  readonly verifications: Verifications;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** Tries of Retrieve booking before the webhook's body is taken for it. */
const RETRIEVE_TRIES = 3;
/** Receives up to which a body that may be older than what we hold waits for its verification: a minute or so. */
const PATIENT_RECEIVES = 6;
const LONGEST_WAIT_SECONDS = 60;
/** FareHarbor retries a webhook three times in a row, about a minute apart, so no body is on its way for longer. */
const LATEST_RETRY_MS = 10 * 60_000;

type Answer = (Retrieved & { readonly askedAt: Date }) | { readonly kind: 'spent' };

/**
 * Truth by Retrieve booking where there is API access, else the webhook's body. Made once per batch: all messages of
 * a batch were received before it began, so one answer serves all messages of the same booking.
 *
 * FareHarbor failing, or refusing our keys, does not stop bookings: after a few tries the body serves, and a metric
 * tells that it was not verified. Neither does a budget of calls that is spent. Whatever was taken from a body like
 * this is noted first and verified later.
 */
export function findTruth(retrieve: RetrieveBooking, deps: TruthDeps): FindTruth {
  const asked = new Map<string, Promise<Answer>>();
  const ask = (company: string, uuid: string): Promise<Answer> => {
    const key = `${company} ${uuid}`;
    const answer = asked.get(key) ?? retrieveNow(retrieve, company, uuid, deps);
    asked.set(key, answer);
    return answer;
  };
  return async (request) => {
    const { company, uuid, body, receives } = request;
    let answer: Answer;
    try {
      answer = await ask(company, uuid);
    } catch (error) {
      if (receives < RETRIEVE_TRIES) throw error;
      return await unverified(request, errorFacts(error), deps);
    }
    switch (answer.kind) {
      case 'found':
        return { raw: answer.booking, source: 'api', askedAt: answer.askedAt };
      case 'unknown':
        // It may have been told of before it can be read; a booking that stays unknown was never FareHarbor's.
        if (receives >= RETRIEVE_TRIES) return undefined;
        throw new RetryableError('fareharbor.unknown-booking', `FareHarbor does not know booking ${uuid} yet`);
      case 'keys-rejected':
        deps.meter.count(METRIC.fareHarborKeysRejected);
        deps.log.error('fareharbor.keys-rejected', { company, code: answer.code });
        return { raw: body, source: 'webhook' };
      case 'spent':
        await waitWhereWise(request, deps);
        return await unverified(request, { code: 'rate-budget.spent' }, deps);
      case 'no-access':
        return { raw: body, source: 'webhook' };
    }
  };
}

async function retrieveNow(
  retrieve: RetrieveBooking,
  company: string,
  uuid: string,
  { now }: TruthDeps,
): Promise<Answer> {
  const askedAt = now();
  try {
    return { ...(await retrieve(company, uuid)), askedAt };
  } catch (error) {
    if (isBudgetSpent(error)) return { kind: 'spent' };
    throw error;
  }
}

/**
 * Sends a webhook back to the queue where the setting says so, and for a while where its body may be older than what
 * FareHarbor itself told us: a body says nothing of its age, but a retry comes within minutes. A later one is news.
 * @throws RetryableError where it has to wait.
 */
async function waitWhereWise(request: TruthRequest, deps: TruthDeps): Promise<void> {
  const { uuid, receivedAt, receives, whenBudgetSpent } = request;
  if (whenBudgetSpent === 'body') {
    if (receives >= PATIENT_RECEIVES) return;
    const record = await deps.bookings.read(uuid);
    if (record === undefined || !mayBeOlder(receivedAt, record)) return;
  }
  throw new RetryableError('fareharbor.budget-spent', `no call to FareHarbor is left for booking ${uuid} right now`, {
    waitSeconds: Math.min(2 ** receives, LONGEST_WAIT_SECONDS),
  });
}

function mayBeOlder(receivedAt: string, { source, changedAt }: BookingRecord): boolean {
  return source === 'api' && Date.parse(receivedAt) - Date.parse(changedAt) < LATEST_RETRY_MS;
}

/** The body, noted to be verified before anything is made of it, so that a crash in between loses nothing. */
async function unverified(
  { company, uuid, body }: TruthRequest,
  why: ReturnType<typeof errorFacts>,
  { verifications, meter, log }: TruthDeps,
): Promise<Truth> {
  await verifications.note(company, uuid);
  meter.count(METRIC.bookingUnverified);
  log.warn('booking.unverified', { uuid, company, ...why });
  return { raw: body, source: 'webhook' };
}
