import type { Meter } from './logger.ts';
import { METRIC, type MetricName } from './metric-names.ts';
import type { HearCall, Vendor, VendorCall } from './vendor-calls.ts';

interface CallMetrics {
  /** Calls refused because there were too many. */
  readonly throttled: MetricName;
  /** Calls that the vendor failed: 5xx, no answer in time, no connection. */
  readonly failed: MetricName;
  /** Milliseconds of each call, whatever came of it; so how many there were is known as well. */
  readonly latency: MetricName;
}

/** An alarm has to know its metric by name, so each vendor has its own. */
export const VENDOR_METRICS: Readonly<Record<Vendor, CallMetrics>> = {
  salesforce: {
    throttled: METRIC.salesforceThrottled,
    failed: METRIC.salesforceFailed,
    latency: METRIC.salesforceLatency,
  },
  mailchimp: { throttled: METRIC.mailchimpThrottled, failed: METRIC.mailchimpFailed, latency: METRIC.mailchimpLatency },
  fareharbor: {
    throttled: METRIC.fareHarborThrottled,
    failed: METRIC.fareHarborFailed,
    latency: METRIC.fareHarborLatency,
  },
  model: { throttled: METRIC.modelThrottled, failed: METRIC.modelFailed, latency: METRIC.modelLatency },
};

/** Counts and times a vendor's calls for the alarms, whichever client makes them. */
export function countCalls(vendor: Vendor, meter: Meter): HearCall {
  const { throttled, failed, latency } = VENDOR_METRICS[vendor];
  return (call) => {
    meter.duration(latency, Math.round(call.milliseconds));
    if (isLimited(call)) meter.count(throttled);
    else if (hasFailed(call)) meter.count(failed);
  };
}

/** Tells each of them of each call. */
export function hearAll(...each: readonly HearCall[]): HearCall {
  return (call) => {
    for (const hear of each) hear(call);
  };
}

function isLimited({ status, code }: VendorCall): boolean {
  return status === 429 || code === 'salesforce.login-rate';
}

/** An error of ours for another reason than these stands for an answer that refused: not the vendor's fault. */
const NOT_ANSWERED = /\.(timeout|network|unavailable|malformed-reply)$/;

function hasFailed({ status, code }: VendorCall): boolean {
  if (status !== undefined) return status >= 500;
  return code === undefined || NOT_ANSWERED.test(code);
}
