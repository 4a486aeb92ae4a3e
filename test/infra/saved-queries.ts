import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { QUERY_NAMES } from '../../infra/constructs/saved-queries.ts';
import type { Deployment } from './synth.ts';
import { resources, textSchema } from './template.ts';

const querySchema = z.object({ Name: textSchema, QueryString: textSchema, LogGroupNames: z.array(textSchema) });
const logGroupSchema = z.looseObject({ LogGroupName: textSchema });

export function describeSavedQueries({ stage, pipeline }: Deployment): void {
  const queries = resources(pipeline, 'AWS::Logs::QueryDefinition', querySchema).map(({ properties }) => properties);
  const logGroups = resources(pipeline, 'AWS::Logs::LogGroup', logGroupSchema);

  describe('saved queries', () => {
    test('are all there, in a folder of the stage', () => {
      expect(queries.map(({ Name }) => Name).sort()).toEqual(
        QUERY_NAMES.map((name) => `harborlight/${stage.name}/${name}`).sort(),
      );
    });

    test('read log groups that there are', () => {
      const there = logGroups.map(({ properties }) => properties.LogGroupName);
      for (const { LogGroupNames } of queries) {
        expect(LogGroupNames.length).toBeGreaterThan(0);
        expect(there).toEqual(expect.arrayContaining(LogGroupNames));
      }
    });
  });
}
