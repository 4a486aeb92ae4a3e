import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Deployment } from './synth.ts';
import { resources } from './template.ts';

const tableSchema = z.looseObject({
  TableName: z.string(),
  BillingMode: z.string(),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.string() })),
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }).optional(),
  SSESpecification: z.object({ SSEEnabled: z.boolean() }).optional(),
  DeletionProtectionEnabled: z.boolean().optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

const secretSchema = z.looseObject({
  Name: z.string(),
  SecretString: z.string().optional(),
  GenerateSecretString: z.looseObject({ GenerateStringKey: z.string(), PasswordLength: z.int() }).optional(),
});

export function describeData({ stage, data, pipeline }: Deployment): void {
  const tables = resources(data, 'AWS::DynamoDB::Table', tableSchema);
  const secrets = resources(data, 'AWS::SecretsManager::Secret', secretSchema);

  describe('tables', () => {
    test('are the four there should be, with their keys', () => {
      const keys = tables.map(({ properties }) => [
        properties.TableName,
        properties.KeySchema.map(({ AttributeName }) => AttributeName),
      ]);
      expect(Object.fromEntries(keys)).toEqual({
        [`harborlight-${stage.name}-bookings`]: ['uuid'],
        [`harborlight-${stage.name}-guests`]: ['guest', 'row'],
        [`harborlight-${stage.name}-operations`]: ['kind', 'id'],
        [`harborlight-${stage.name}-decisions`]: ['uuid', 'entry'],
      });
    });

    test.each(tables)(
      '$properties.TableName is encrypted, can be restored to any second, and is paid by use',
      ({ properties }) => {
        expect(properties).toMatchObject({
          BillingMode: 'PAY_PER_REQUEST',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true },
        });
      },
    );

    test.each(tables)(
      '$properties.TableName outlives its stack exactly where the stage is protected',
      ({ properties, deletionPolicy }) => {
        expect(properties.DeletionProtectionEnabled).toBe(stage.protected);
        expect(deletionPolicy).toBe(stage.protected ? 'Retain' : 'Delete');
      },
    );

    test('only operations lets items expire', () => {
      const expiring = tables.filter(({ properties }) => properties.TimeToLiveSpecification !== undefined);
      expect(expiring.map(({ properties }) => properties.TimeToLiveSpecification)).toEqual([
        { AttributeName: 'expiresAt', Enabled: true },
      ]);
      expect(expiring[0]?.properties.TableName).toBe(`harborlight-${stage.name}-operations`);
    });
  });

  describe('secrets', () => {
    test('start empty, but for the webhook key, which is generated and never in the template', () => {
      const values = secrets.map(({ properties }) => [
        properties.Name,
        properties.SecretString ?? properties.GenerateSecretString?.GenerateStringKey,
      ]);
      expect(Object.fromEntries(values)).toEqual({
        [`harborlight/${stage.name}/webhook`]: 'current',
        [`harborlight/${stage.name}/fareharbor`]: '{}',
        [`harborlight/${stage.name}/salesforce`]: '{}',
        [`harborlight/${stage.name}/mailchimp`]: '{}',
        [`harborlight/${stage.name}/openai`]: '{}',
      });
    });

    test('the webhook key is long, and safe in a URL', () => {
      const webhook = secrets.find(({ properties }) => properties.GenerateSecretString !== undefined);
      expect(webhook?.properties.GenerateSecretString).toMatchObject({
        PasswordLength: 48,
        ExcludePunctuation: true,
        SecretStringTemplate: '{}',
      });
    });

    test.each(secrets)(
      '$properties.Name outlives its stack exactly where the stage is protected',
      ({ deletionPolicy }) => {
        expect(deletionPolicy).toBe(stage.protected ? 'Retain' : 'Delete');
      },
    );
  });

  test('nothing that holds records or keys is in the pipeline stack', () => {
    const types = Object.values(pipeline.Resources).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::DynamoDB::Table');
    expect(types).not.toContain('AWS::SecretsManager::Secret');
  });
}
