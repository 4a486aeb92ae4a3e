import { logGroupsOf, SAVED_QUERIES, type SavedQueryName } from '../../infra/constructs/saved-queries.ts';
import type { Stack } from '../../infra/local/stack.ts';
import { type Row, runQuery } from './insights.ts';

/** What CloudWatch makes of a line: the line, when it came, and the fields of its JSON where it is some. */
export function eventOf(line: string, at: string): Row {
  const event = { '@message': line, '@timestamp': at };
  try {
    const json: unknown = JSON.parse(line);
    return typeof json === 'object' && json !== null ? { ...json, ...event } : event;
  } catch {
    return event;
  }
}

/**
 * Asks a saved query of all that the functions of a local stack have printed, in the log groups that it reads.
 * @param pasted what a person puts in the place of `PASTE`.
 * @throws where the query names a field that no line has.
 */
export function ask(stack: Stack, name: SavedQueryName, pasted = 'PASTE'): readonly Row[] {
  const groups = logGroupsOf('dev', name);
  const events = [...stack.functions.values()]
    .filter(({ definition }) => groups.includes(`/harborlight/dev/${definition.service}`))
    .flatMap(({ logs }) => logs.lines.map((line, n) => eventOf(line, new Date(logs.times[n] ?? 0).toISOString())));
  return runQuery(SAVED_QUERIES[name].query.replace('PASTE', pasted), events);
}
