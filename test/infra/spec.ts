import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from 'vitest';
import { exportsOf, templateProblems, type WholeTemplate } from './spec/template-check.ts';
import type { Deployment } from './synth.ts';

const spec = await loadAwsServiceSpec();

/** The template with every property of every resource under another name. */
function misspelt(template: WholeTemplate): WholeTemplate {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const properties = Object.entries(resource.Properties).map(([name, value]) => [`${name}x`, value]);
    return [id, { ...resource, Properties: Object.fromEntries(properties) }];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

/** Each property of each resource, held against what AWS publishes of CloudFormation's resource types. */
export function describeSpec({ whole }: Deployment): void {
  const imported = new Set(exportsOf(whole.data));

  describe('CloudFormation', () => {
    test('knows every property of the data stack, and has it of its type', () => {
      expect(templateProblems(whole.data, spec)).toEqual([]);
    });

    test('knows every property of the pipeline stack, and has it of its type', () => {
      expect(templateProblems(whole.pipeline, spec, imported)).toEqual([]);
    });

    test('would not know any of them misspelt', () => {
      const problems = new Set(templateProblems(misspelt(whole.pipeline), spec, imported));
      const all = Object.entries(whole.pipeline.Resources).flatMap(([id, { Properties }]) =>
        Object.keys(Properties).map((property) => `${id}.${property}x: there is no such property`),
      );
      expect(all.length).toBeGreaterThan(400);
      const unnoticed = all.filter((problem) => !problems.has(problem));
      expect(unnoticed).toEqual([]);
    });
  });
}
