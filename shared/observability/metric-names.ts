/** The metrics that code emits and alarms watch, in one place, under the namespace `Harborlight`. */
export const METRIC = {
  /** A webhook without a valid key. */
  webhookRejected: 'WebhookRejected',
  /** A webhook accepted with the previous key: rotation is not finished. */
  webhookOldKey: 'WebhookOldKey',
  /** An authenticated body that could not be understood, kept for a person. */
  webhookQuarantined: 'WebhookQuarantined',
  /** A booking refused for good by a destination, kept for a person. */
  bookingParked: 'BookingParked',
  /** FareHarbor refused our API keys (not the rate limit). */
  fareHarborKeysRejected: 'FareHarborKeysRejected',
  /** Retrieve booking did not work and the webhook's body was used instead. */
  bookingUnverified: 'BookingUnverified',
  /** Bookings taken from a webhook's body that FareHarbor is still to be asked for. */
  verificationsPending: 'VerificationsPending',
  /** A booking that no webhook told us of, as it is, and that the sweep of FareHarbor found. */
  bookingsFoundBySweep: 'BookingsFoundBySweep',
  /** A webhook of a booking nobody knows, held back because there were many such: somebody else has the webhook's key. */
  strangersHeld: 'StrangersHeld',
  /** A webhook took a booking back to an earlier state, and FareHarbor could not be asked whether that is true. */
  bookingReturned: 'BookingReturned',
  /** Rules answered because the model did not. */
  modelFallback: 'ModelFallback',
  /** Percent of a company's budget of the day that the model has used. */
  modelBudgetUsed: 'ModelBudgetUsed',
  /** Bookings that are noted to be read because the model did not answer. */
  catchUpsPending: 'CatchUpsPending',
  /** Milliseconds from the webhook's receipt to the destination holding it. */
  syncLatency: 'SyncLatency',
  /** A message sent back to the queue to be tried again. */
  messageRetried: 'MessageRetried',
  /** Bookings that some destination has not reached yet. */
  bookingsLagging: 'BookingsLagging',
  /** Bookings that nothing but a person moves on: each destination behind has refused them. */
  bookingsParked: 'BookingsParked',
  /** Milliseconds that the booking waits which Salesforce, or Mailchimp, has not reached for longest. */
  crmUnsyncedAge: 'CrmUnsyncedAge',
  marketingUnsyncedAge: 'MarketingUnsyncedAge',
  /** Destinations that a person has paused. */
  sinksPaused: 'SinksPaused',
  /** Destinations, one company's each, that are not called because their vendor fails or refuses us. */
  circuitsOpen: 'CircuitsOpen',
  /** A company's writes to a destination were so many more than usual that they were paused. */
  volumeAbnormal: 'VolumeAbnormal',
  /** Percent of Salesforce's calls a day that are used, by whomever. */
  salesforceCallsUsed: 'SalesforceCallsUsed',
  /** A login to Salesforce that failed, or whose session Salesforce did not take. */
  salesforceSignInFailed: 'SalesforceSignInFailed',
  /** A vendor's call that was refused because there were too many. */
  salesforceThrottled: 'SalesforceThrottled',
  mailchimpThrottled: 'MailchimpThrottled',
  fareHarborThrottled: 'FareHarborThrottled',
  modelThrottled: 'ModelThrottled',
  /** A vendor's call that failed on its side: 5xx, no answer in time, no connection. */
  salesforceFailed: 'SalesforceFailed',
  mailchimpFailed: 'MailchimpFailed',
  fareHarborFailed: 'FareHarborFailed',
  modelFailed: 'ModelFailed',
  /** Milliseconds of each call of a vendor, whatever came of it. */
  salesforceLatency: 'SalesforceLatency',
  mailchimpLatency: 'MailchimpLatency',
  fareHarborLatency: 'FareHarborLatency',
  modelLatency: 'ModelLatency',
  /** Words of a guest that the model read, or should have read: what its fallbacks are a share of. */
  modelWanted: 'ModelWanted',
  /** Percent of the silence that a company allows in its opening hours, without a webhook; 0 outside of them. */
  webhookSilence: 'WebhookSilence',
} as const;
export type MetricName = (typeof METRIC)[keyof typeof METRIC];

export const METRIC_NAMESPACE = 'Harborlight';
