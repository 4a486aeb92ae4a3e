import { randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './intrinsics.ts';
import type { Lambda } from './lambda.ts';
import type { LocalSchedule } from './template.ts';

/**
 * Runs scheduled functions as EventBridge does, with one difference: a run that is due while the last one still works is
 * left out, where EventBridge would start a second one.
 *
 * @param intervalMs instead of each schedule's own; 0 starts none.
 * @returns what ends them; a run in work is not waited for.
 */
export function startSchedules(
  schedules: readonly LocalSchedule[],
  lambdas: ReadonlyMap<string, Lambda>,
  intervalMs?: number,
): () => void {
  if (intervalMs === 0) return () => undefined;
  const timers = schedules.map(({ functionName, everyMs }) => {
    const lambda = lambdas.get(functionName);
    if (lambda === undefined) throw new Error(`a schedule names the function ${functionName}, which is not there`);
    let running = false;
    return setInterval(() => {
      if (running) return;
      running = true;
      void lambda.invoke(scheduledEvent()).finally(() => {
        running = false;
      });
    }, intervalMs ?? everyMs);
  });
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** What EventBridge gives to a scheduled function. */
export function scheduledEvent(): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: LOCAL_ACCOUNT,
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region: LOCAL_REGION,
    resources: [],
    detail: {},
  };
}
