import { deriveChanges } from '../../../shared/booking/changes.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import { carryOver } from '../history.ts';
import { normalise } from '../normalise/normalise.ts';

/**
 * Whether a webhook's body says no more than what FareHarbor itself last told us of the booking. Then there is nothing
 * to ask: had the booking changed since we asked, that change would have a webhook of its own, which says otherwise or
 * is still to come. Compared with what we hold now, never with what was held once.
 *
 * Not where a body was believed before, and not where this one leaves payments out: then it may hide a change.
 *
 * @param body `booking` of the webhook's body.
 */
export function saysWhatWasAnswered(
  body: unknown,
  { source, company, booking }: BookingRecord,
  { partySizeQuestions }: Pick<CompanySettings, 'partySizeQuestions'>,
): boolean {
  if (source !== 'api') return false;
  const normalised = normalise(body, { partySizeQuestions, keyCompany: company });
  if (typeof normalised === 'string' || normalised.booking.payments === null) return false;
  return deriveChanges(booking, carryOver(booking, normalised.booking)).length === 0;
}
