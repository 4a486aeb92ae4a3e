import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Deployment } from './synth.ts';

const acknowledgedSchema = z.record(z.string(), z.string());

export function describeRulePacks({ app }: Deployment): void {
  describe('rule packs', () => {
    test.each([new AwsSolutionsChecks(), new ServerlessChecks()])(
      '$name finds nothing that is not answered',
      (pack) => {
        expect(pack.validateScope(app).violations).toEqual([]);
      },
    );

    test('every answer to a finding gives its reason', () => {
      const answers = app.node
        .findAll()
        .flatMap(({ node }) => node.metadata)
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.entries(acknowledgedSchema.parse(data)));
      expect(answers.length).toBeGreaterThan(0);
      for (const [rule, reason] of answers) expect(reason.split(' ').length, rule).toBeGreaterThan(4);
    });
  });
}
