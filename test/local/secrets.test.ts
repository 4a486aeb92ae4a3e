import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningSecrets, startSecrets } from '../../infra/local/secrets.ts';

const name = 'harborlight/dev/openai';
const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:harborlight/dev/openai-aLocal';

describe('the Secrets Manager stand-in', () => {
  let secrets: RunningSecrets;
  let client: SecretsManagerClient;
  beforeEach(async () => {
    secrets = await startSecrets(
      [
        { name, arn },
        { name: 'empty', arn: 'arn:empty-aLocal' },
      ],
      new Map([[name, { a: 1 }]]),
    );
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    client = new SecretsManagerClient({ endpoint: secrets.url, region: 'us-east-1', credentials });
  });
  afterEach(async () => {
    client.destroy();
    await secrets.close();
  });

  it.each([name, arn, arn.slice(0, -7)])('finds a secret by %s', async (SecretId) => {
    const found = await client.send(new GetSecretValueCommand({ SecretId }));
    expect(found).toMatchObject({ Name: name, ARN: arn, SecretString: '{"a":1}', VersionStages: ['AWSCURRENT'] });
  });

  it('keeps the version before the current one', async () => {
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: '{"a":2}' }));
    secrets.put(name, { a: 3 });
    const current = await client.send(new GetSecretValueCommand({ SecretId: name }));
    const previous = await client.send(new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSPREVIOUS' }));
    expect([current.SecretString, previous.SecretString]).toEqual(['{"a":3}', '{"a":2}']);
  });

  it.each(['harborlight/dev/other', 'empty'])('has no value for %s', async (SecretId) => {
    await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
