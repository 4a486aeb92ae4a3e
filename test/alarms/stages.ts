import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addHarborlight } from '../../infra/app.ts';
import { type Stage, stageNamed } from '../../infra/stages.ts';
import { readAlarms } from './cloudwatch/alarms.ts';
import { COMPANY } from './faults/steps.ts';
import type { StageAlarms } from './fire.ts';

/** Both stages, synthesized as they would be deployed. */
export interface Synthesized {
  /** The assembly of `dev`, to be run on this machine. */
  readonly assembly: string;
  readonly stages: readonly StageAlarms[];
  remove(): void;
}

/** Nothing of that stage is run, and bundles take most of the time. */
const NO_BUNDLES = { 'aws:cdk:bundling-stacks': [] };

/** Synthesizes both stages into a folder of their own, and reads their alarms. @throws where an alarm is not understood. */
export function synthesizeStages(): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), 'harborlight-alarms-'));
  const assemblyOf = (stage: Stage, context: Readonly<Record<string, unknown>> = {}): string => {
    const app = new App({ outdir: join(folder, stage.name), context });
    addHarborlight(app, stage);
    return app.synth().directory;
  };
  try {
    const [dev, prod] = [assemblyOf(alwaysOpen(stageNamed('dev'))), assemblyOf(stageNamed('prod'), NO_BUNDLES)];
    const stages = [
      { stage: 'dev', alarms: readAlarms(dev) },
      { stage: 'prod', alarms: readAlarms(prod) },
    ];
    return { assembly: dev, stages, remove: () => rmSync(folder, { recursive: true, force: true }) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The stage with a company that is open around the clock, so that it does not matter when this is run. */
function alwaysOpen(stage: Stage): Stage {
  const company = stage.settings.companies[COMPANY];
  if (company === undefined) throw new Error(`the stage has no company ${COMPANY}`);
  const openHours = { timeZone: 'UTC', days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00' };
  const companies = { ...stage.settings.companies, [COMPANY]: { ...company, openHours, silenceHours: 4 } };
  return { ...stage, settings: { ...stage.settings, companies } };
}
