import type { Log, LogFacts, Meter } from '../../../shared/observability/logger.ts';
import { keep } from '../../evidence/trail.ts';

/** A log and a meter that keep what they are told. */
export function listening() {
  const lines: { level: string; event: string; facts: LogFacts }[] = [];
  const counts: Record<string, number> = {};
  const write =
    (level: string) =>
    (event: string, facts: LogFacts = {}) => {
      lines.push({ level, event, facts });
      keep('logs', () => `${event} ${JSON.stringify(facts)}`);
    };
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const meter: Meter = {
    count: (metric, by = 1) => {
      counts[metric] = (counts[metric] ?? 0) + by;
    },
    duration: () => {},
  };
  return { log, meter, lines, counts, events: () => lines.map(({ event }) => event) };
}
