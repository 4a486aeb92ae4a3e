/**
 * Stands in every bundle for the `undici` package, with which jsforce sends its requests. Node's own fetch is undici
 * already; the package would bring all of it a second time: 730 KB, nearly half of crm-sync.
 */
export const { Response } = globalThis;

/** jsforce makes one at its start and passes it with each request; Node's own connection pool serves as well. */
export class Agent {}

export class ProxyAgent {
  constructor() {
    throw new Error('a proxy cannot be used: Lambda reaches Salesforce directly');
  }
}

/** Looked for only by jsforce's own retries, which are switched off: the queue retries. */
export const errors = { SocketError: class SocketError extends Error {} };

export function fetch(url: string | URL, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) {
  return globalThis.fetch(url, options);
}
