import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../shared/aws/client-options.ts';

describe('the AWS clients’ options', () => {
  it('give up on a service that takes a request and never answers', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new SQSClient({ ...awsClientOptions, maxAttempts: 1, endpoint, region: 'us-east-1', credentials });
    await expect(client.send(new ListQueuesCommand())).rejects.toMatchObject({ name: 'TimeoutError' });
    client.destroy();
    server.closeAllConnections();
    server.close();
  });

  it('end all tries within the shortest time a function has', () => {
    const { maxAttempts, requestHandler } = awsClientOptions;
    expect(maxAttempts * requestHandler.requestTimeout).toBeLessThan(10_000);
  });
});
