import * as z from 'zod';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import type { Body } from '../fields/fields.ts';

/** What Salesforce said when it refused something. */
export interface Refusal {
  readonly status: number | undefined;
  /** Salesforce's errorCode, or `HTTP_503` where the reply was none of its JSON. */
  readonly code: string;
  /** Its words, which may quote what was sent. */
  readonly message: string;
  readonly fields: readonly string[];
  /** The part of the composite request, where one part was refused and not the whole. */
  readonly part: { readonly referenceId: string; readonly body: Body | undefined } | undefined;
}

/** Seconds without any call to an org after it said that its limit of requests is used up. */
export const REQUEST_LIMIT_SECONDS = 300;
/** The limit of requests at one moment, which is over sooner. */
const CONCURRENT_LIMIT_SECONDS = 15;
const LOCK_SECONDS = 5;

export const CODE = {
  timeout: 'salesforce.timeout',
  network: 'salesforce.network',
  lock: 'salesforce.lock',
  unavailable: 'salesforce.unavailable',
  malformed: 'salesforce.malformed-reply',
  session: 'salesforce.session',
  requestLimit: 'salesforce.request-limit',
  /** Ours: what is left of the day's calls is kept for what cannot wait. */
  dayLimit: 'salesforce.day-limit',
  /** Another record has our key: look the person up again. */
  duplicateKey: 'salesforce.duplicate-key',
  /** A record we knew is deleted or merged: look the person up again. */
  gone: 'salesforce.gone',
  ambiguous: 'salesforce.ambiguous',
  duplicatesDetected: 'salesforce.duplicates-detected',
  data: 'salesforce.data',
  setUp: 'salesforce.set-up',
  refused: 'salesforce.refused',
} as const;

/** One part of a composite was refused, and so all of it: nothing of that request was written. */
export class PartRefused extends PermanentError {}

type Family = keyof typeof CODE;

const FAMILIES: Readonly<Record<string, Family>> = {
  UNABLE_TO_LOCK_ROW: 'lock',
  SERVER_UNAVAILABLE: 'unavailable',
  UNKNOWN_EXCEPTION: 'unavailable',
  QUERY_TIMEOUT: 'unavailable',
  REQUEST_RUNNING_TOO_LONG: 'unavailable',
  INVALID_SESSION_ID: 'session',
  REQUEST_LIMIT_EXCEEDED: 'requestLimit',
  DUPLICATE_VALUE: 'duplicateKey',
  DUPLICATE_EXTERNAL_ID: 'ambiguous',
  MULTIPLE_CHOICES: 'ambiguous',
  ENTITY_IS_DELETED: 'gone',
  INVALID_CROSS_REFERENCE_KEY: 'gone',
  DUPLICATES_DETECTED: 'duplicatesDetected',
  FIELD_CUSTOM_VALIDATION_EXCEPTION: 'data',
  STRING_TOO_LONG: 'data',
  REQUIRED_FIELD_MISSING: 'data',
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: 'data',
  INVALID_EMAIL_ADDRESS: 'data',
  NUMBER_OUTSIDE_VALID_RANGE: 'data',
  JSON_PARSER_ERROR: 'data',
  INVALID_FIELD: 'setUp',
  INVALID_TYPE: 'setUp',
  INVALID_FIELD_FOR_INSERT_UPDATE: 'setUp',
  API_DISABLED_FOR_ORG: 'setUp',
  API_CURRENTLY_DISABLED: 'setUp',
  STORAGE_LIMIT_EXCEEDED: 'setUp',
};

const REPAIR = 'then repair the booking';

const REMEDIES: Readonly<Partial<Record<Family, string>>> = {
  duplicateKey: `find the record that has this guest's or booking's key already and merge the two, ${REPAIR}`,
  gone: `look whether the guest's account or contact was deleted or merged in Salesforce, ${REPAIR}`,
  ambiguous: `merge the records that carry the same key in Salesforce, ${REPAIR}`,
  duplicatesDetected: `merge the records the duplicate rule found, or let the rule alert instead of block, ${REPAIR}`,
  data: `correct the value in FareHarbor, or the rule or field in Salesforce that refuses it, ${REPAIR}`,
  setUp: `deploy infra/salesforce and assign the permission set Harborlight_Sync to the integration user, ${REPAIR}`,
};

/** Turns a refusal into one of the two families of errors, by the table of Salesforce's codes. */
export function toError(refusal: Refusal): RetryableError | PermanentError {
  const family = familyOf(refusal);
  const words = describe(refusal);
  switch (family) {
    case 'lock':
      return new RetryableError(CODE.lock, `Salesforce is busy with the same record: ${words}`, {
        waitSeconds: LOCK_SECONDS,
      });
    case 'unavailable':
    case 'malformed':
    case 'session':
      return new RetryableError(CODE[family], `Salesforce did not do it this time: ${words}`);
    case 'requestLimit': {
      const waitSeconds = /concurrent/i.test(refusal.message) ? CONCURRENT_LIMIT_SECONDS : REQUEST_LIMIT_SECONDS;
      return new RetryableError(CODE.requestLimit, `the org's limit of requests is used up: ${words}`, { waitSeconds });
    }
    default: {
      const Refused = refusal.part === undefined ? PermanentError : PartRefused;
      return new Refused(CODE[family], `Salesforce refused: ${words}`, {
        remedy: REMEDIES[family] ?? `look the code up in Salesforce's documentation, mend its cause, ${REPAIR}`,
      });
    }
  }
}

function familyOf({ status, code, message, part }: Refusal): Family {
  if (status === 300) return 'ambiguous';
  // "Provided external ID field does not exist or is not accessible" is the set-up; else the record itself is gone.
  if (code === 'NOT_FOUND') return part === undefined || /external id field/i.test(message) ? 'setUp' : 'gone';
  if (code.startsWith('INSUFFICIENT_ACCESS')) return 'setUp';
  const family = FAMILIES[code];
  if (family !== undefined) return family;
  return status === undefined || status >= 500 || status === 429 ? 'unavailable' : 'refused';
}

/** The vendor's reason for people: code, place, fields, and its words without anything that was sent. */
function describe({ code, message, fields, part }: Refusal): string {
  const place = part === undefined ? '' : ` at ${part.referenceId}`;
  const named = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  const words = code.startsWith('HTTP_') ? '' : `: ${withoutValues(message, part?.body).slice(0, 300)}`;
  return `${code}${place}${named}${words}`;
}

/** Salesforce likes to quote a value it refuses. What was sent stays out of reasons and logs. */
function withoutValues(message: string, body: Body = {}): string {
  const sent = Object.values(body)
    .filter((value) => typeof value === 'string' && value.length > 2)
    .map(String)
    .sort((a, b) => b.length - a.length);
  const silent = sent.reduce((text, value) => text.replaceAll(value, '…'), message);
  return silent.replace(/[^\s:<>"']+@[^\s:<>"']+/g, '…');
}

const errorSchema = z.object({
  errorCode: z.string().optional(),
  // Collections name it so.
  statusCode: z.string().optional(),
  message: z.string().default(''),
  fields: z.array(z.string()).nullish(),
});

/** Reads the errors of a reply's body: an array, or one alone. Undefined when it is nothing of Salesforce's. */
export function readErrors(body: unknown): Pick<Refusal, 'code' | 'message' | 'fields'>[] | undefined {
  const parsed = z.array(errorSchema).safeParse(Array.isArray(body) ? body : [body]);
  if (!parsed.success) return undefined;
  const errors = parsed.data.flatMap(({ errorCode, statusCode, message, fields }) => {
    const code = errorCode ?? statusCode;
    return code === undefined ? [] : [{ code, message, fields: fields ?? [] }];
  });
  return errors.length === 0 ? undefined : errors;
}
