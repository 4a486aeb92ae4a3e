/**
 * Code of the `RetryableError` that says: a guest's history was changed by somebody else while this change of it was
 * worked out. Looked at again, it is worked out from what is there now.
 */
export const GUEST_MOVED = 'guest.moved-meanwhile';
