import { RetryableError } from '../../../shared/errors/errors.ts';
import type { RetrieveBooking, Retrieved } from '../../../shared/fareharbor/retrieve-booking.ts';
import { errorFacts, type Log, type Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { isBudgetSpent } from '../../../shared/rate-budget/budgeted-http.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import type { BookingsTable } from '../../../shared/records/bookings-table.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Asking } from './asking.ts';
import type { Strangers } from './strangers-limit.ts';
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
  /** Nothing is to be made of this webhook: what it can tell is known already, or is noted to be asked for later. */
  | { readonly source: 'elsewhere' }
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
  /** What this execution environment asked FareHarbor before. */
  readonly asking: Asking;
  readonly strangers: Strangers;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** Tries of Retrieve booking before the webhook's body is taken for it. */
const RETRIEVE_TRIES = 3;
/** Receives up to which a body that may be older than what we hold waits for its verification: a minute or so. */
const PATIENT_RECEIVES = 6;
/** Seconds that a booking we hold nothing of waits for a call, before its body is believed: see strangers-limit.ts. */
const STRANGER_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 60;
/** FareHarbor retries a webhook three times in a row, about a minute apart, so no body is on its way for longer. */
const LATEST_RETRY_MS = 10 * 60_000;

type Answer = (Retrieved & { readonly askedAt: Date }) | { readonly kind: 'spent' };
const ELSEWHERE: Truth = { source: 'elsewhere' };
const ASKED_OFTEN = 'fareharbor.asked-often';

/**
 * Truth by Retrieve booking where there is API access, else the webhook's body. Made once per batch: all messages of
 * a batch were received before it began, so one answer serves all messages of the same booking.
 *
 * FareHarbor failing, or refusing our keys, does not stop bookings: after a few tries the body serves, and a metric
 * tells that it was not verified. Neither does a budget of calls that is spent. Whatever was taken from a body like
 * this is noted first and verified later.
 *
 * Whoever has the webhook's key can neither use up those calls nor have inventions believed: a booking has a few calls
 * a minute (asking.ts), and bookings that nobody knows soon get none (strangers-limit.ts).
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
    const { company, uuid, body, receivedAt, receives } = request;
    if (deps.asking.isAnswered(uuid, receivedAt)) return alreadyAnswered(request, deps);
    if (await isSuspect(request, 'where-seen', deps)) return await hold(request, deps);
    let answer: Answer;
    try {
      answer = await ask(company, uuid);
    } catch (error) {
      if (receives < RETRIEVE_TRIES || isAskedOften(error)) throw error;
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
        if (await isSuspect(request, 'always', deps)) return await hold(request, deps);
        return await unverified(request, { code: 'rate-budget.spent' }, deps);
      case 'no-access':
        return { raw: body, source: 'webhook' };
    }
  };
}

async function retrieveNow(retrieve: RetrieveBooking, company: string, uuid: string, deps: TruthDeps): Promise<Answer> {
  const { asking, now } = deps;
  const waitMs = asking.waitMs(uuid);
  if (waitMs > 0) {
    throw new RetryableError(ASKED_OFTEN, `booking ${uuid} was asked for several times just now`, {
      waitSeconds: Math.ceil(waitMs / 1000),
    });
  }
  const askedAt = now();
  try {
    const retrieved = await retrieve(company, uuid);
    if (retrieved.kind !== 'no-access') asking.noteCall(uuid);
    if (retrieved.kind === 'unknown') await countUnknown(company, deps);
    return { ...retrieved, askedAt };
  } catch (error) {
    if (isBudgetSpent(error)) return { kind: 'spent' };
    asking.noteCall(uuid);
    throw error;
  }
}

/** A booking that FareHarbor does not know is none, whether or not that can be counted. */
async function countUnknown(company: string, { strangers, log }: TruthDeps): Promise<void> {
  try {
    await strangers.noteUnknown(company);
  } catch (error) {
    log.error('booking.unknown-uncounted', { company, ...errorFacts(error) });
  }
}

function isAskedOften(error: unknown): boolean {
  return error instanceof RetryableError && error.code === ASKED_OFTEN;
}

function alreadyAnswered({ company, uuid }: TruthRequest, { log }: TruthDeps): Truth {
  log.info('webhook.already-answered', { uuid, company });
  return ELSEWHERE;
}

/** Whether the booking may be the invention of somebody who has the webhook's key. */
async function isSuspect(
  { company, uuid }: TruthRequest,
  look: Parameters<Strangers['suspected']>[1],
  { strangers, bookings }: TruthDeps,
): Promise<boolean> {
  return (await strangers.suspected(company, look)) && (await bookings.read(uuid)) === undefined;
}

/** Leaves it to a background call: an honest new booking arrives a little later, an invented one nowhere. */
async function hold({ company, uuid }: TruthRequest, { verifications, meter, log }: TruthDeps): Promise<Truth> {
  await verifications.noteStranger(company, uuid);
  meter.count(METRIC.strangersHeld);
  log.warn('booking.held', { uuid, company });
  return ELSEWHERE;
}

/**
 * Sends a webhook back to the queue where the setting says so, and for a while where its body may be older than what
 * FareHarbor itself told us: a body says nothing of its age, but a retry comes within minutes. A later one is news.
 * A booking we hold nothing of waits once, so that it is known by then whether many of them are inventions.
 * @throws RetryableError where it has to wait.
 */
async function waitWhereWise(request: TruthRequest, deps: TruthDeps): Promise<void> {
  const { uuid, receivedAt, receives, whenBudgetSpent } = request;
  if (whenBudgetSpent === 'body') {
    if (receives >= PATIENT_RECEIVES) return;
    const record = await deps.bookings.read(uuid);
    if (record === undefined && receives > 1) return;
    if (record === undefined) throw noCallLeft(uuid, STRANGER_WAIT_SECONDS);
    if (!mayBeOlder(receivedAt, record)) return;
  }
  throw noCallLeft(uuid, Math.min(2 ** receives, LONGEST_WAIT_SECONDS));
}

function noCallLeft(uuid: string, waitSeconds: number): RetryableError {
  const message = `no call to FareHarbor is left for booking ${uuid} right now`;
  return new RetryableError('fareharbor.budget-spent', message, { waitSeconds });
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
