import type { LocalRoute } from './template.ts';

export interface RouteMatch {
  readonly route: LocalRoute;
  /** Path variables, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How much a route claims: higher wins. Compared from left to right. */
type Rank = readonly number[];

/**
 * Picks a route as an HTTP API does: a full match before one with a greedy path variable, that before `$default`; among
 * equals a fixed segment before a variable, and the method itself before ANY.
 *
 * @param path as sent, percent-encoded, without the query.
 */
export function matchRoute(routes: readonly LocalRoute[], method: string, path: string): RouteMatch | undefined {
  let best: { match: RouteMatch; rank: Rank } | undefined;
  for (const route of routes) {
    const found = tryRoute(route, method, path);
    if (found !== undefined && (best === undefined || higher(found.rank, best.rank))) best = found;
  }
  return best?.match;
}

function tryRoute(route: LocalRoute, method: string, path: string): { match: RouteMatch; rank: Rank } | undefined {
  if (route.key === '$default') return { match: { route, parameters: {} }, rank: [0] };
  const [wanted = '', pattern = ''] = route.key.split(' ');
  if (wanted !== 'ANY' && wanted !== method) return undefined;
  const parameters: Record<string, string> = {};
  const ranks: number[] = [];
  const given = path.split('/').slice(1);
  const segments = pattern.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const value = given[index];
    const variable = /^\{([^}+]+)(\+?)\}$/.exec(segment);
    if (value === undefined || (variable !== null && value === '')) return undefined;
    const name = variable?.[1];
    if (name !== undefined && variable?.[2] === '+') {
      parameters[name] = decode(given.slice(index).join('/'));
      return { match: { route, parameters }, rank: [1, ...ranks, 0, wanted === 'ANY' ? 0 : 1] };
    }
    if (name !== undefined) parameters[name] = decode(value);
    else if (segment !== value) return undefined;
    ranks.push(name === undefined ? 2 : 1);
  }
  if (given.length !== segments.length) return undefined;
  return { match: { route, parameters }, rank: [2, ...ranks, wanted === 'ANY' ? 0 : 1] };
}

function higher(a: Rank, b: Rank): boolean {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
