import type { VendorCodes } from '../../../shared/gate/circuit/verdict.ts';

/**
 * What Mailchimp's failures say of Mailchimp. A contact that went away between two calls is not among them, nor a value
 * that is refused: those concern one guest.
 */
export const MAILCHIMP_CODES: VendorCodes = {
  down: new Set([
    'mailchimp.timeout',
    'mailchimp.network',
    'mailchimp.unavailable',
    'mailchimp.busy',
    'mailchimp.slow',
    'mailchimp.unreadable',
  ]),
  refusesUs: new Set(['mailchimp.key-rejected']),
  heldBack: new Set(),
};
