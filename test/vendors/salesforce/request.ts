import type { VendorRequest } from '../server.ts';
import { badJson, notFound, Refusal } from './errors.ts';

const OLDEST_VERSION = 41;
export const NEWEST_VERSION = 66;

/** Whether the request may change anything; a composite of reads does not. */
export function mayWrite({ method, path, body }: VendorRequest): boolean {
  if (method === 'GET') return false;
  return !path.endsWith('/composite') || /"method"\s*:\s*"(?!GET")/.test(body);
}

/** Whether the API still, or already, has this version. */
export function isServed(version: number): boolean {
  return version >= OLDEST_VERSION && version <= NEWEST_VERSION;
}

/** The API version in the path. @throws Refusal 404 for one that is not served. */
export function readVersion(request: VendorRequest): number {
  const version = /^v(\d+)\.0$/.exec(request.params.version ?? '')?.[1];
  if (version === undefined || !isServed(Number(version))) throw notFound();
  return Number(version);
}

/** The parsed body; undefined for methods without one. @throws Refusal for another content type, or no JSON. */
export function readJson(request: VendorRequest): unknown {
  if (request.method === 'GET' || request.method === 'DELETE') return undefined;
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    const message = `Content type ${request.headers['content-type'] ?? 'missing'} not supported`;
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', message);
  }
  const body = request.json();
  if (body === undefined) throw badJson('Unexpected character at [line:1, column:1]');
  return body;
}

/** What `GET /services/data` lists. */
export function versions(): unknown {
  const count = NEWEST_VERSION - OLDEST_VERSION + 1;
  return Array.from({ length: count }, (_, index) => {
    const version = `${OLDEST_VERSION + index}.0`;
    return { label: version, url: `/services/data/v${version}`, version };
  });
}
