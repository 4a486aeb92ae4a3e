import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

/** A stranger's server: it notes whatever reaches it. */
export interface Trap {
  readonly url: string;
  /** Method, path, headers and body of each request, as one text. */
  readonly caught: readonly string[];
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves on loopback and notes each request before it is answered. */
export async function openTrap(answer: Answer = (_, response) => response.end('{}')): Promise<Trap> {
  const caught: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      caught.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`);
      answer(request, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    caught,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
