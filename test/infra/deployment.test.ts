import { basename } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stageNamed } from '../../infra/stages.ts';
import { describeAlarms } from './alarms.ts';
import { describeApi } from './api.ts';
import { bundleOf, describeBundles } from './bundles.ts';
import { describeDashboard } from './dashboard.ts';
import { describeData } from './data.ts';
import { describeExactRights } from './exact-rights.ts';
import { describeFunctions } from './functions.ts';
import { describeLimits } from './limits.ts';
import { describeOutputs } from './outputs.ts';
import { describeQueues } from './queues.ts';
import { describeRemoval } from './removal.ts';
import { describeRights } from './rights.ts';
import { describeRulePacks } from './rule-packs.ts';
import { describeRunbook } from './runbook.ts';
import { describeSavedQueries } from './saved-queries.ts';
import { describeSchedules } from './schedules.ts';
import { describeSpec } from './spec.ts';
import { synthesize } from './synth.ts';

/**
 * What must hold for every resource of a kind, in every stage. All in one file, so that each stage is synthesized
 * once: most of these tests take microseconds, and a synthesis takes seconds.
 */
const deployments = [synthesize(stageNamed('dev')), synthesize(stageNamed('prod'))];
afterAll(() => {
  for (const deployment of deployments) deployment.remove();
});

describe.each(deployments)('$stage.name', (deployment) => {
  describeFunctions(deployment);
  describeBundles(deployment);
  describeRights(deployment);
  describeExactRights(deployment);
  describeQueues(deployment);
  describeData(deployment);
  describeApi(deployment);
  describeAlarms(deployment);
  describeRunbook(deployment);
  describeDashboard(deployment);
  describeSavedQueries(deployment);
  describeSchedules(deployment);
  describeRulePacks(deployment);
  describeOutputs(deployment);
  describeRemoval(deployment);
  describeSpec(deployment);
  describeLimits(deployment);
});

test('the same sources make the same bundle, wherever the assembly goes', () => {
  const assets = deployments.map((deployment) => basename(bundleOf(deployment, 'ingest')));
  expect(new Set(assets).size).toBe(1);
});
