import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addHarborlight } from '../../infra/app.ts';
import type { Stage } from '../../infra/stages.ts';
import { type WholeTemplate, wholeTemplateSchema } from './spec/template-check.ts';
import { type Template, templateSchema } from './template.ts';

/** One stage, synthesized as it would be deployed. */
export interface Deployment {
  readonly stage: Stage;
  readonly app: App;
  readonly data: Template;
  readonly pipeline: Template;
  /** The same two, with all that CloudFormation is given. */
  readonly whole: Readonly<Record<'data' | 'pipeline', WholeTemplate>>;
  /** The folder they were synthesized into. */
  readonly folder: string;
  /** The folder of the asset that a function's code is zipped from. */
  codeFolder(s3Key: string): string;
  remove(): void;
}

/**
 * Synthesizes a stage into a folder of its own, bundles and all.
 * @throws when a rule pack has a finding that nobody has answered.
 */
export function synthesize(stage: Stage): Deployment {
  const folder = mkdtempSync(join(tmpdir(), 'harborlight-synth-'));
  const app = new App({ outdir: folder });
  addHarborlight(app, stage);
  app.synth();
  const [data, pipeline] = ['data', 'pipeline'].map((name): unknown =>
    JSON.parse(readFileSync(join(folder, `harborlight-${stage.name}-${name}.template.json`), 'utf8')),
  );
  return {
    stage,
    app,
    data: templateSchema.parse(data),
    pipeline: templateSchema.parse(pipeline),
    whole: { data: wholeTemplateSchema.parse(data), pipeline: wholeTemplateSchema.parse(pipeline) },
    folder,
    codeFolder: (s3Key) => join(folder, `asset.${basename(s3Key, '.zip')}`),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
