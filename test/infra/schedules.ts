import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Deployment } from './synth.ts';
import { functionSchema, resources, textSchema } from './template.ts';

const ruleSchema = z.looseObject({
  ScheduleExpression: z.string(),
  State: z.string(),
  Targets: z.array(z.looseObject({ Arn: textSchema })),
});
const permissionSchema = z.looseObject({ FunctionName: textSchema, Principal: z.string(), SourceArn: textSchema });

export function describeSchedules({ pipeline }: Deployment): void {
  const rules = resources(pipeline, 'AWS::Events::Rule', ruleSchema);
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);
  const permissions = resources(pipeline, 'AWS::Lambda::Permission', permissionSchema);

  describe('schedules', () => {
    test('reconcile runs every minute, and nothing else by itself', () => {
      const reconcile = functions.find(({ properties }) => properties.FunctionName.endsWith('-reconcile'));
      expect(rules.map(({ properties }) => properties)).toEqual([
        expect.objectContaining({
          ScheduleExpression: 'rate(1 minute)',
          State: 'ENABLED',
          Targets: [expect.objectContaining({ Arn: `\${${reconcile?.id}.Arn}` })],
        }),
      ]);
    });

    test.each(rules)('$id, and no other rule, may call its function', ({ id, properties }) => {
      const allowed = permissions.filter(({ properties: { Principal } }) => Principal === 'events.amazonaws.com');
      expect(allowed.map(({ properties: { FunctionName, SourceArn } }) => [FunctionName, SourceArn])).toEqual(
        properties.Targets.map(({ Arn }) => [Arn, `\${${id}.Arn}`]),
      );
    });
  });
}
