import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export const KEYS = {
  accessKeyId: 'AKIDTEST',
  secretAccessKey: 'secret-access-key-of-test',
  sessionToken: 'token-of-test',
};

/** A request as it came over the wire. */
export interface Arrived {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Whether its signature is right for its bytes. */
  readonly isSigned: boolean;
}

export type Answer = (request: Arrived, reply: ServerResponse) => void;

/** Answers with JSON. */
export const json =
  (status: number, body: unknown): Answer =>
  (_, reply) => {
    reply.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  };

export interface AwsServer {
  readonly url: string;
  readonly arrived: Arrived[];
  /** Connections that were made. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A service of AWS that gives these answers one after the other, the last one for good. */
export async function serveAws(
  answers: readonly Answer[],
  secure?: { readonly key: string; readonly cert: string },
): Promise<AwsServer> {
  const arrived: Arrived[] = [];
  const listener: RequestListener = async (incoming, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    const request = { headers: incoming.headers, body, isSigned: isSigned(incoming, body) };
    arrived.push(request);
    const answer = answers[Math.min(arrived.length, answers.length) - 1];
    answer?.(request, reply);
  };
  const server = secure === undefined ? createServer(listener) : createSecureServer(secure, listener);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${port}`,
    arrived,
    connections: () => connections,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Signature version 4, worked out from AWS's description of it and from nothing of the code under test. */
function isSigned({ method = '', url = '', headers }: IncomingMessage, body: string): boolean {
  const [, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const signed = names.split(';');
  const mustBeSigned = ['content-type', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'];
  if (!mustBeSigned.every((name) => signed.includes(name))) return false;
  const lines = signed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const canonical = `${method}\n${url}\n\n${lines}\n${names}\n${sha256(body)}`;
  const [date = '', region = '', service = ''] = scope.split('/');
  const key = hmac(hmac(hmac(hmac(`AWS4${KEYS.secretAccessKey}`, date), region), service), 'aws4_request');
  const toSign = `AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${scope}\n${sha256(canonical)}`;
  return hmac(key, toSign).toString('hex') === signature;
}
