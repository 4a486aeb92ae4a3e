import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

/** What of an AWS account can be set up here. */
export interface Account {
  /** The version of CDK's own stack; undefined where it was never made. */
  bootstrap: number | undefined;
  concurrency: number;
  /** Of the functions that may run at once, those that others keep for themselves. */
  reserved: number;
  secrets: Record<string, string>;
  /** Services that refuse us, by the name in the signature. */
  forbidden: string[];
}

export interface RunningAccount {
  readonly url: string;
  /** Calls as `service Action`, in order. */
  readonly calls: string[];
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type: string;
}

const ACCOUNT = '123456789012';

/**
 * The four AWS services that are looked at before a deployment, each over its own protocol. A call must be signed; one
 * that would change something is not known here.
 */
export async function startAccount(account: Account): Promise<RunningAccount> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const service = /Credential=[^/]+\/\d{8}\/[\w-]+\/(\w+)\/aws4_request/.exec(
        request.headers.authorization ?? '',
      )?.[1];
      const { status, body: text, type } = answer(account, service ?? 'unsigned', request, body, calls);
      response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': 'r-1' }).end(text);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = z.object({ port: z.int() }).parse(server.address() satisfies AddressInfo | string | null);
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function answer(account: Account, service: string, request: IncomingMessage, body: string, calls: string[]): Answer {
  const form = new URLSearchParams(body);
  const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
  const action = target ?? form.get('Action') ?? `${request.method} ${request.url}`;
  calls.push(`${service} ${action}`);
  if (account.forbidden.includes(service)) return refused(service, 403, 'AccessDenied', 'not authorized');
  switch (`${service} ${action}`) {
    case 'sts GetCallerIdentity':
      return xml(
        200,
        `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/operator</Arn><UserId>AIDA</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
      );
    case 'cloudformation DescribeStacks':
      return stacks(account, form.get('StackName') ?? '');
    case 'lambda GET /2016-08-19/account-settings':
      return json(200, {
        AccountLimit: {
          ConcurrentExecutions: account.concurrency,
          UnreservedConcurrentExecutions: account.concurrency - account.reserved,
        },
      });
    case 'secretsmanager GetSecretValue':
      return secret(account, z.object({ SecretId: z.string() }).parse(JSON.parse(body)).SecretId);
    default:
      return refused(service, 400, 'InvalidAction', `unknown: ${service} ${action}`);
  }
}

function stacks({ bootstrap }: Account, name: string): Answer {
  if (bootstrap === undefined || name !== 'CDKToolkit') {
    return refused('cloudformation', 400, 'ValidationError', `Stack with id ${name} does not exist`);
  }
  return xml(
    200,
    `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>BucketName</OutputKey><OutputValue>b</OutputValue></member><member><OutputKey>BootstrapVersion</OutputKey><OutputValue>${bootstrap}</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  );
}

function secret({ secrets }: Account, id: string): Answer {
  const value = secrets[id];
  if (value !== undefined)
    return json(200, { Name: id, ARN: `arn:aws:secretsmanager:x:${ACCOUNT}:secret:${id}`, SecretString: value });
  return json(400, {
    __type: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
  });
}

function refused(service: string, status: number, code: string, message: string): Answer {
  if (service === 'sts' || service === 'cloudformation') {
    return xml(
      status,
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
    );
  }
  return json(status, { __type: code, message });
}

const xml = (status: number, body: string): Answer => ({ status, body, type: 'text/xml' });
const json = (status: number, body: object): Answer => ({
  status,
  body: JSON.stringify(body),
  type: 'application/json',
});
