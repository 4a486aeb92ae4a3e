import type { VendorCodes } from '../../../shared/gate/circuit/verdict.ts';
import { CODE } from './salesforce-errors.ts';

/**
 * What Salesforce's failures say of Salesforce. Not among them are a locked row and a refused value, which concern one
 * booking, and waiting for another environment's login, which is ours.
 */
export const SALESFORCE_CODES: VendorCodes = {
  down: new Set([
    CODE.timeout,
    CODE.network,
    CODE.unavailable,
    CODE.malformed,
    CODE.requestLimit,
    CODE.session,
    'salesforce.login-rate',
  ]),
  refusesUs: new Set([CODE.session, 'salesforce.login-refused', 'salesforce.private-key']),
  heldBack: new Set([CODE.dayLimit]),
};
