/** What a function waits for; each has a latency of its own. */
export const WAITS = [
  'dynamodb',
  'transaction',
  'sqs',
  'secrets',
  'fareharbor',
  'salesforce',
  'salesforceQuery',
  'mailchimp',
  'model',
] as const;
export type Wait = (typeof WAITS)[number];

/** A call from its being made to its answer, in milliseconds of one clock. */
export interface TimedCall {
  readonly wait: Wait;
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * The calls that a function waited for one after the other: of those made at the same time only the slower chain counts.
 * A call follows from all those that had ended when it was made, which is the order the code itself kept to.
 *
 * @param latencies milliseconds of each kind of call, by which the slowest chain is chosen.
 * @returns how many calls of each kind are on that chain.
 */
export function criticalPath(
  calls: readonly TimedCall[],
  latencies: Readonly<Record<Wait, number>>,
): Readonly<Partial<Record<Wait, number>>> {
  const sorted = calls.toSorted((a, b) => a.startedAt - b.startedAt);
  const chains: { readonly call: TimedCall; readonly length: number; readonly before: number | undefined }[] = [];
  for (const call of sorted) {
    let before: number | undefined;
    let longest = 0;
    for (const [index, chain] of chains.entries()) {
      if (chain.call.endedAt > call.startedAt || chain.length <= longest) continue;
      [before, longest] = [index, chain.length];
    }
    chains.push({ call, length: longest + latencies[call.wait], before });
  }
  const counts: Partial<Record<Wait, number>> = {};
  let at = chains.reduce<number | undefined>(
    (best, { length }, index) => (best === undefined || length > (chains[best]?.length ?? 0) ? index : best),
    undefined,
  );
  while (at !== undefined) {
    const chain = chains[at];
    if (chain === undefined) break;
    counts[chain.call.wait] = (counts[chain.call.wait] ?? 0) + 1;
    at = chain.before;
  }
  return counts;
}
