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
  /** Rules answered because the model did not. */
  modelFallback: 'ModelFallback',
  /** Milliseconds from the webhook's receipt to the destination holding it. */
  syncLatency: 'SyncLatency',
  /** A message sent back to the queue to be tried again. */
  messageRetried: 'MessageRetried',
} as const;
export type MetricName = (typeof METRIC)[keyof typeof METRIC];

export const METRIC_NAMESPACE = 'Harborlight';
