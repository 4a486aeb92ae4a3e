/** What is left of a budget at one instant. */
export interface Bucket {
  readonly tokens: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface BucketRule {
  /** Tokens that a rested bucket holds. */
  readonly capacity: number;
  /** Tokens that come back each second. */
  readonly perSecond: number;
}

/**
 * The bucket at a later instant. A clock that is behind the one that wrote the bucket brings nothing back.
 * @param now in milliseconds since the epoch.
 */
export function refilled({ tokens, at }: Bucket, now: number, { capacity, perSecond }: BucketRule): Bucket {
  const seconds = Math.max(0, now - at) / 1000;
  return { tokens: Math.min(capacity, tokens + seconds * perSecond), at: Math.max(at, now) };
}

/**
 * The same where some tokens are lent: until their time is over, the bucket holds so many fewer.
 * @param lent how many, and until when in milliseconds since the epoch.
 */
export function refilledBeside(
  bucket: Bucket,
  lent: { readonly tokens: number; readonly until: number } | undefined,
  now: number,
  rule: BucketRule,
): Bucket {
  if (lent === undefined) return refilled(bucket, now, rule);
  const meanwhile = { ...rule, capacity: rule.capacity - lent.tokens };
  return refilled(refilled(bucket, Math.min(now, lent.until), meanwhile), now, rule);
}

/** Milliseconds until the bucket holds so many tokens, if nobody takes any. */
export function msUntil(wanted: number, { tokens }: Bucket, { perSecond }: BucketRule): number {
  return Math.max(0, Math.ceil(((wanted - tokens) / perSecond) * 1000));
}
