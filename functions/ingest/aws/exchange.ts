import type { ClientRequest, IncomingMessage } from 'node:http';
import https from 'node:https';

export interface Outgoing {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** No whole answer came. Foreign errors name addresses at most; their code says enough. */
export class NoReply extends Error {
  override readonly name = 'NoReply';
  readonly reason: string;

  constructor(reason: string) {
    super(`no reply: ${reason}`);
    this.reason = reason;
  }
}

/** Both services answer with a few KB; a secret has 64 KB at most. */
const LARGEST_REPLY = 1_000_000;

const secureAgent = new https.Agent({ keepAlive: true });

/**
 * Posts one request and gives the whole reply. By Node's own HTTP client: its `fetch` loads 20 ms of code at the first call.
 * @param within milliseconds to connect, TLS included, and for the whole exchange.
 * @throws NoReply where none came, or not all of it, in time.
 */
export async function exchange(
  { url, headers, body }: Outgoing,
  within: { readonly connectMs: number; readonly wholeMs: number },
): Promise<Reply> {
  return new Promise((done, fail) => {
    const request = post(url, headers);
    const giveUp = (reason: string): void => {
      fail(new NoReply(reason));
      request.destroy();
    };
    const whole = setTimeout(giveUp, within.wholeMs, 'timeout');
    const connecting = setTimeout(giveUp, within.connectMs, 'connect-timeout');
    request.once('socket', (socket) => {
      const connected = (): void => clearTimeout(connecting);
      if (!socket.connecting) connected();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    });
    request.once('error', (error) => giveUp('code' in error ? String(error.code) : 'connection'));
    request.once('close', () => {
      clearTimeout(whole);
      clearTimeout(connecting);
    });
    request.once('response', (response) => {
      readWhole(response).then(
        (text) => done({ status: response.statusCode ?? 0, headers: response.headers, text }),
        (error: unknown) => giveUp(error instanceof NoReply ? error.reason : 'connection'),
      );
    });
    request.end(body);
  });
}

function post(url: URL, headers: Outgoing['headers']): ClientRequest {
  if (url.protocol === 'https:') return https.request(url, { method: 'POST', headers, agent: secureAgent });
  // What stands in for AWS on a developer's machine. Not imported: as a module it would load `fetch` as well.
  return process.getBuiltinModule('node:http').request(url, { method: 'POST', headers });
}

async function readWhole(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > LARGEST_REPLY) throw new NoReply('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
