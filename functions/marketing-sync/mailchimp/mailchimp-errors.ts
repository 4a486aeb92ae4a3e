import * as z from 'zod';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { type HttpReply, retryAfterSeconds } from '../../../shared/http/http-client.ts';
import type { MemberBody } from './member-body.ts';

const problemSchema = z.object({
  title: z.string(),
  detail: z.string().default(''),
  errors: z.array(z.object({ field: z.string().default(''), message: z.string().default('') })).default([]),
});
/** Mailchimp's `application/problem+json`. */
export type Problem = z.infer<typeof problemSchema>;

/** The reply as a problem; undefined where it is none, as when something before the API answered. */
export function problemOf({ json }: HttpReply): Problem | undefined {
  return problemSchema.safeParse(json).data;
}

/**
 * The error of a reply that is no success. Source: Mailchimp's error glossary, and what its users saw under load.
 *
 * - 429, 5xx, 408: later. A bare 403 (no JSON) comes from the load balancer, not from the key: later, too.
 * - 401, or 403 with JSON: the key; a person must look.
 * - 404 on a member's own resources: the contact went away between two calls; the next try writes it anew.
 * - anything else is refused for good, with Mailchimp's reason freed of what is personal.
 *
 * @param missing what a 404 says is not there.
 * @param sent the member body sent, so that what stands in it can be kept out of the reason.
 */
export function failure(
  reply: HttpReply,
  missing: 'contact' | 'audience',
  sent?: MemberBody,
): RetryableError | PermanentError {
  const { status, headers } = reply;
  const problem = problemOf(reply);
  if (status === 429 || status === 408 || status >= 500 || (status === 403 && problem === undefined)) {
    const code = status === 429 ? 'mailchimp.busy' : 'mailchimp.unavailable';
    const waitSeconds = retryAfterSeconds(headers, new Date());
    return new RetryableError(code, `Mailchimp answered ${status}`, { waitSeconds });
  }
  if (status === 401 || status === 403) {
    return new PermanentError('mailchimp.key-rejected', `Mailchimp refused the API key (${status})`, {
      remedy:
        "check the key in the Mailchimp secret and its user's role, then repair the bookings parked with this code",
    });
  }
  if (status === 404 && missing === 'contact') {
    return new RetryableError('mailchimp.not-found', 'Mailchimp no longer has the contact');
  }
  if (status === 404) {
    return new PermanentError('mailchimp.audience-unknown', 'Mailchimp has no such audience', {
      remedy: 'check audienceId in the Mailchimp secret, then repair the bookings parked with this code',
    });
  }
  return rejected(status, problem, sent);
}

function rejected(status: number, problem: Problem | undefined, sent: MemberBody | undefined): PermanentError {
  const detail = problem?.detail ?? '';
  if (/looks fake or invalid|provide a valid email/i.test(detail)) {
    return new PermanentError('mailchimp.bad-address', 'Mailchimp takes the e-mail address for fake or invalid', {
      remedy: 'correct the e-mail address on the booking in FareHarbor',
    });
  }
  if (/signed up to a lot of lists/i.test(detail)) {
    return new PermanentError('mailchimp.throttled-address', 'the address signed up to too many lists of late', {
      remedy: 'repair the booking in a few days: Mailchimp then takes the address again',
    });
  }
  const fields = problem?.errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const reason = withoutPersonal([problem?.title, fields || detail].filter(Boolean).join(': '), sent);
  return new PermanentError('mailchimp.rejected', `Mailchimp answered ${status}${reason && ` ${reason}`}`, {
    remedy:
      'make the audience take what the reason names (a merge field of another type, say), then repair the booking',
  });
}

const PERSONAL_FIELDS = ['FNAME', 'LNAME', 'PHONE'];

/** Vendors quote what they refuse; a reason is kept and logged, so what the guest gave is cut out of it. */
function withoutPersonal(reason: string, sent: MemberBody | undefined): string {
  const values = PERSONAL_FIELDS.map((field) => String(sent?.merge_fields[field] ?? '')).filter(Boolean);
  return [...values, ...values.flatMap((value) => value.split(/\s+/))]
    .filter((value) => value.length > 1)
    .reduce((text, value) => text.replaceAll(new RegExp(escaped(value), 'gi'), '…'), reason)
    .replaceAll(/\S+@\S+/g, '…');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
