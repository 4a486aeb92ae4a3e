import { type AddressInfo, createServer } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { callAws, PATIENCE } from '../../../../functions/ingest/aws/aws-json.ts';
import { readSecret, secretsManagerEndpoint } from '../../../../functions/ingest/aws/read-secret.ts';
import { RetryableError } from '../../../../shared/errors/errors.ts';
import { type Answer, type AwsServer, json, KEYS, serveAws } from './aws-server.ts';
import { selfSigned } from './self-signed.ts';

const OPERATION = { service: 'sqs', target: 'AmazonSQS.SendMessage', protocol: '1.0' } as const;
const BODY = { MessageBody: 'Café ☕ of a guest', QueueUrl: 'https://sqs.test/1/q.fifo' };
const QUICK = { connectMs: 100, tryMs: 200, altogetherMs: 500, pauseMs: 10 };
const SLOW = { connectMs: 300, tryMs: 2_000, altogetherMs: 4_000, pauseMs: 10 };

let server: AwsServer | undefined;
afterEach(() => server?.close());

async function call(answers: readonly Answer[], patience = QUICK) {
  server = await serveAws(answers);
  const caller = { region: 'us-east-1', endpoint: server.url, keys: () => KEYS, patience };
  const startedAt = performance.now();
  const outcome: unknown = await callAws(OPERATION, caller, BODY).catch((error: unknown) => error);
  return { outcome, arrived: server.arrived, elapsed: performance.now() - startedAt };
}

const hang: Answer = () => undefined;
const reset: Answer = (_, reply) => reply.socket?.resetAndDestroy();
const cutOff: Answer = (_, reply) => {
  reply.writeHead(200, { 'content-length': '100' });
  reply.write('{"MessageId":');
  setImmediate(() => reply.destroy());
};
const refused = (type: string, status = 400): Answer =>
  json(status, { __type: `com.amazonaws.sqs#${type}`, message: 'no' });
const html: Answer = (_, reply) => {
  reply.writeHead(502, { 'content-type': 'text/html' }).end('<html>bad gateway</html>');
};

describe('a call to AWS', () => {
  it('is signed for the bytes that arrive, with its token, and names its operation', async () => {
    const { outcome, arrived } = await call([json(200, { ok: 1 })]);
    expect(outcome).toEqual({ ok: 1 });
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).toMatchObject({
      isSigned: true,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessage',
        'x-amz-security-token': KEYS.sessionToken,
      },
    });
    expect(JSON.parse(arrived[0]?.body ?? '')).toEqual(BODY);
  });

  it.each<[string, Answer]>([
    ['that is not answered', hang],
    ['whose connection breaks', reset],
    ['whose answer is cut off', cutOff],
    ['that meets a fault of the service', refused('InternalFailure', 500)],
    ['that meets a gateway’s fault', html],
    ['whose answer is no JSON', (_, reply) => reply.writeHead(200).end('{"Mess')],
    ['that is one too many by status', json(429, {})],
    ['that is one too many by name', refused('RequestThrottled')],
  ])('%s is made again, signed anew, with the same words', async (_, first) => {
    const { outcome, arrived } = await call([first, json(200, { ok: 2 })]);
    expect(outcome).toEqual({ ok: 2 });
    expect(arrived.map(({ isSigned, body }) => [isSigned, body])).toEqual(
      Array.from({ length: 2 }, () => [true, JSON.stringify(BODY)]),
    );
  });

  it('that is refused is made once, and the refusal is named', async () => {
    const { outcome, arrived } = await call([refused('AccessDeniedException'), json(200, {})]);
    expect(arrived).toHaveLength(1);
    expect(outcome).toMatchObject({ code: 'sqs.AccessDeniedException' });
    expect(outcome).toBeInstanceOf(RetryableError);
  });

  it('fails after three tries', async () => {
    const { outcome, arrived } = await call([refused('ServiceUnavailable', 503)]);
    expect([arrived.length, outcome instanceof RetryableError && outcome.code]).toEqual([3, 'sqs.ServiceUnavailable']);
  });

  it('ends in the time it has, whatever is tried', async () => {
    const { outcome, arrived, elapsed } = await call([hang], { ...QUICK, tryMs: 600, altogetherMs: 700 });
    expect(outcome).toMatchObject({ code: 'sqs.timeout' });
    expect(arrived).toHaveLength(2);
    expect(elapsed).toBeLessThan(1_000);
  });

  it('and another one after it are given up in time to answer, in a function of ten seconds', () => {
    expect(2 * PATIENCE.altogetherMs).toBeLessThan(9_500);
    expect(PATIENCE.connectMs).toBeLessThan(PATIENCE.tryMs);
    expect(PATIENCE.tryMs).toBeLessThan(PATIENCE.altogetherMs);
  });

  it('leaves no more than the reason of a failure in its error, whatever is answered', async () => {
    const echo: Answer = (request, reply) =>
      json(400, { __type: `X#${request.body}`, message: request.body })(request, reply);
    for (const answer of [echo, json(400, KEYS), json(200, 'x'.repeat(1_100_000)), refused('AccessDenied')]) {
      const { outcome } = await call([answer]);
      const told = JSON.stringify(outcome, Object.getOwnPropertyNames(outcome));
      for (const word of ['Café', KEYS.secretAccessKey, KEYS.sessionToken, 'xxx']) expect(told).not.toContain(word);
      await server?.close();
    }
  });

  it('uses a connection again, and makes another where it was closed meanwhile', async () => {
    const closing: Answer = (request, reply) => {
      const { socket } = reply;
      reply.once('finish', () => socket?.destroy());
      json(200, {})(request, reply);
    };
    server = await serveAws([json(200, {}), closing, json(200, {})]);
    const caller = { region: 'us-east-1', endpoint: server.url, keys: () => KEYS, patience: QUICK };
    for (let calls = 0; calls < 3; calls += 1) await callAws(OPERATION, caller, BODY);
    expect([server.arrived.length, server.connections()]).toEqual([3, 2]);
  });

  it('goes over TLS where the address says so, on one connection, and trusts no certificate it does not know', async () => {
    const certificate = selfSigned();
    // An answer may take longer than connecting may.
    const slowly: Answer = (...arrived) => setTimeout(json(200, { ok: 3 }), 400, ...arrived);
    server = await serveAws([slowly], certificate);
    const caller = {
      region: 'us-east-1',
      endpoint: server.url,
      keys: () => KEYS,
      patience: SLOW,
    };
    await expect(callAws(OPERATION, caller, BODY)).rejects.toMatchObject({ code: 'sqs.DEPTH_ZERO_SELF_SIGNED_CERT' });
    const before = tls.getCACertificates();
    tls.setDefaultCACertificates([...before, certificate.cert]);
    try {
      const madeBefore = server.connections();
      expect(await callAws(OPERATION, caller, BODY)).toEqual({ ok: 3 });
      expect(await callAws(OPERATION, caller, BODY)).toEqual({ ok: 3 });
      expect(server.connections() - madeBefore).toBe(1);
      expect(server.arrived.every(({ isSigned }) => isSigned)).toBe(true);
    } finally {
      tls.setDefaultCACertificates(before);
    }
  });
});

it('a connection that is never made ends sooner than an answer that never comes', async () => {
  // Takes the connection, and never says a word of TLS.
  const mute = createServer(() => undefined);
  await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
  const { port } = mute.address() as AddressInfo;
  const caller = { region: 'us-east-1', endpoint: `https://127.0.0.1:${port}`, keys: () => KEYS, patience: QUICK };
  await expect(callAws(OPERATION, caller, BODY)).rejects.toMatchObject({ code: 'sqs.connect-timeout' });
  mute.close();
});

describe('a secret', () => {
  it('is asked for by its id and given as text', async () => {
    server = await serveAws([json(200, { SecretString: '{"current":"k"}', Name: 'n' })]);
    const caller = { region: 'us-east-1', endpoint: server.url, keys: () => KEYS, patience: QUICK };
    expect(await readSecret(caller, 'arn:one')).toBe('{"current":"k"}');
    expect(server.arrived[0]).toMatchObject({
      isSigned: true,
      body: '{"SecretId":"arn:one"}',
      headers: { 'x-amz-target': 'secretsmanager.GetSecretValue', 'content-type': 'application/x-amz-json-1.1' },
    });
  });

  it('is found in every partition', () => {
    expect(secretsManagerEndpoint('eu-west-1')).toBe('https://secretsmanager.eu-west-1.amazonaws.com');
    expect(secretsManagerEndpoint('cn-north-1')).toBe('https://secretsmanager.cn-north-1.amazonaws.com.cn');
  });

  it('that is no text names nothing of it', async () => {
    server = await serveAws([json(200, { SecretString: ['key-0123456789'] })]);
    const caller = { region: 'us-east-1', endpoint: server.url, keys: () => KEYS, patience: QUICK };
    const error: unknown = await readSecret(caller, 'arn:one').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'secretsmanager.unreadable' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('key-0123456789');
  });
});
