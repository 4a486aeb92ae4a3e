import { onTestFinished } from 'vitest';
import { serveVendor } from '../server.ts';

export interface Receiver {
  readonly url: string;
  readonly host: string;
  /** What arrived, oldest first. */
  readonly received: {
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly query: string;
  }[];
}

/** A webhook receiver that answers with these statuses in turn, and with the last of them from then on. */
export async function receiver(...statuses: readonly number[]): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const server = await serveVendor({
    name: 'receiver',
    state: () => ({}),
    reset: () => {},
    routes: [
      {
        name: 'hook',
        method: 'POST',
        pattern: '/hook',
        handle: ({ body, headers, query }) => {
          received.push({ body, headers, query: query.toString() });
          return { status: statuses[received.length - 1] ?? statuses.at(-1) ?? 200 };
        },
      },
    ],
  });
  onTestFinished(() => server.close());
  return { url: `${server.url}/hook`, host: `127.0.0.1:${server.port}`, received };
}
