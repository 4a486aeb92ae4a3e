import type { Exchanged } from './connection.ts';
import { CODE, toError } from './salesforce-errors.ts';

/**
 * What an exchange counts as, in HTTP's words: Salesforce says with 403 that its limit of requests is used up, and not
 * seldom with 400 and a code of its own that it could not.
 */
export function statusOf(exchanged: Exchanged): number {
  if (exchanged.kind === 'replied') return 200;
  const { refusal } = exchanged;
  if (refusal.status !== undefined && refusal.status > 400) return refusal.status;
  const { code } = toError(refusal);
  if (code === CODE.requestLimit) return 429;
  return code === CODE.unavailable || code === CODE.malformed ? 503 : 400;
}
