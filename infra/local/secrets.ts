import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import type { LocalSecret } from './template.ts';

const requestSchema = z.looseObject({
  SecretId: z.string(),
  SecretString: z.string().optional(),
  VersionStage: z.string().optional(),
});

interface StoredSecret {
  readonly secret: LocalSecret;
  current: { readonly value: string; readonly id: string; readonly at: number } | undefined;
  previous: StoredSecret['current'];
}

type Answer = readonly [status: number, body: object];

export interface RunningSecrets {
  readonly url: string;
  /** Puts a new current version, as an operator rotating the secret would. */
  put(name: string, value: unknown): void;
  close(): Promise<void>;
}

/**
 * Secrets Manager on this machine: GetSecretValue and PutSecretValue, by name or by ARN, stages AWSCURRENT and
 * AWSPREVIOUS, over the service's own JSON 1.1 protocol so that the functions use their unmodified client.
 *
 * @param seeds first value of each secret by its name; a secret without one exists and is empty.
 */
export async function startSecrets(
  secrets: readonly LocalSecret[],
  seeds: ReadonlyMap<string, unknown>,
): Promise<RunningSecrets> {
  const stored: readonly StoredSecret[] = secrets.map((secret) => ({
    secret,
    current: undefined,
    previous: undefined,
  }));
  const find = (id: string): StoredSecret | undefined =>
    stored.find(({ secret }) => id === secret.name || id === secret.arn || id === secret.arn.replace(/-\w{6}$/, ''));
  const put = (entry: StoredSecret, value: string): Answer => {
    entry.previous = entry.current;
    entry.current = { value, id: randomUUID(), at: Date.now() / 1000 };
    const { name: Name, arn: ARN } = entry.secret;
    return [200, { ARN, Name, VersionId: entry.current.id, VersionStages: ['AWSCURRENT'] }];
  };
  for (const [name, value] of seeds) {
    const entry = find(name);
    if (entry !== undefined) put(entry, JSON.stringify(value));
  }
  const answer = (action: string, body: string): Answer => {
    const request = requestSchema.parse(JSON.parse(body));
    const entry = find(request.SecretId);
    if (entry === undefined) return failure('ResourceNotFoundException', "Secrets Manager can't find that secret.");
    if (action === 'secretsmanager.GetSecretValue') return get(entry, request.VersionStage ?? 'AWSCURRENT');
    if (action === 'secretsmanager.PutSecretValue') return put(entry, request.SecretString ?? '');
    return failure('UnknownOperationException', `${action} is not offered on this machine`);
  };
  const server = createServer((incoming, outgoing) => {
    const send = ([status, body]: Answer): void => {
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    };
    readText(incoming)
      .then((body) => send(answer(String(incoming.headers['x-amz-target']), body)))
      .catch(() => send(failure('InvalidParameterException', 'the request is not readable')));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    put: (name, value) => {
      const entry = find(name);
      if (entry === undefined) throw new Error(`the template has no secret ${name}`);
      put(entry, JSON.stringify(value));
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function get(entry: StoredSecret, stage: string): Answer {
  const version = stage === 'AWSPREVIOUS' ? entry.previous : entry.current;
  if (version === undefined) {
    return failure('ResourceNotFoundException', `Secrets Manager can't find a value for staging label: ${stage}`);
  }
  const { name: Name, arn: ARN } = entry.secret;
  const { value: SecretString, id: VersionId, at: CreatedDate } = version;
  return [200, { ARN, Name, SecretString, VersionId, VersionStages: [stage], CreatedDate }];
}

function failure(type: string, message: string): Answer {
  return [400, { __type: type, Message: message, message }];
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
