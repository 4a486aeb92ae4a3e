import { describe, expect, test } from 'vitest';
import type { Deployment } from './synth.ts';

/** What a deletion of the stacks leaves behind on a protected stage. README.md says so under "What survives". */
const KEPT: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'Retain',
  'AWS::SecretsManager::Secret': 'Retain',
  // But not one that a failed first deployment has just made.
  'AWS::Logs::LogGroup': 'RetainExceptOnCreate',
};

export function describeRemoval({ stage, app, whole }: Deployment): void {
  const all = [...Object.entries(whole.data.Resources), ...Object.entries(whole.pipeline.Resources)];

  describe('removal', () => {
    test.each(Object.entries(KEPT))('%s outlives the stacks exactly where the stage is protected', (type, policy) => {
      const found = all.filter(([, { Type }]) => Type === type);
      expect(found.length).toBeGreaterThan(0);
      for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of found) {
        expect([DeletionPolicy, UpdateReplacePolicy], id).toEqual(
          stage.protected ? [policy, 'Retain'] : ['Delete', 'Delete'],
        );
      }
    });

    test('nothing else is left behind to be paid for', () => {
      const left = all.filter(
        ([, { Type, DeletionPolicy = 'Delete' }]) => !Object.hasOwn(KEPT, Type) && DeletionPolicy !== 'Delete',
      );
      expect(left.map(([id]) => id)).toEqual([]);
    });

    test('neither stack of a protected stage can be deleted by one command', () => {
      const { stacks } = app.synth();
      expect(stacks.map(({ terminationProtection }) => terminationProtection)).toEqual([
        stage.protected,
        stage.protected,
      ]);
    });
  });
}
