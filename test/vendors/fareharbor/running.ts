import { onTestFinished } from 'vitest';
import { type RunningVendor, serveVendor } from '../server.ts';
import { createFareHarbor, defaultCredentials, type FareHarbor, type FareHarborOptions } from './fareharbor.ts';

export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

export interface Running {
  readonly fareharbor: FareHarbor;
  readonly server: RunningVendor;
  /** A request with good keys; `path` goes behind the API's root. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export const goodKeys = {
  'X-FareHarbor-API-App': defaultCredentials.appKey,
  'X-FareHarbor-API-User': defaultCredentials.userKey,
};

/** Serves a stand-in for the length of one test. */
export async function running(options: FareHarborOptions = {}): Promise<Running> {
  const fareharbor = createFareHarbor(options);
  const server = await serveVendor(fareharbor);
  onTestFinished(() => server.close());
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = goodKeys) => {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${server.url}${fareharbor.apiPath}${path}`, { method, headers, ...sent });
    return { status: response.status, json: await response.json() };
  };
  return { fareharbor, server, call };
}

/** What stands at the end of the path through objects and lists; undefined where it breaks off. */
export function at(json: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return new Map(Object.entries(value)).get(String(key));
  }, json);
}
