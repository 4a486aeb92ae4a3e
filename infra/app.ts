import { App, Tags, Validations } from 'aws-cdk-lib';
import { ConfigurationError } from '../shared/errors/errors.ts';
import { checkWithNag } from './constructs/nag.ts';
import { DataStack } from './data-stack.ts';
import { PipelineStack } from './pipeline-stack.ts';
import { STAGE_NAME, type Stage, stageNamed } from './stages.ts';

/**
 * Adds the whole deployment of one stage to the app.
 * @throws Error where the stage's name is not of a stage's form.
 */
export function addHarborlight(app: App, stage: Stage): void {
  if (!STAGE_NAME.test(stage.name)) throw new Error(`stage: '${stage.name}' is not 1 to 16 small letters and digits`);
  // Here rather than in cdk.json, so that the app is the same when it runs without the CLI.
  // `strong`: the data stack cannot give up what the pipeline still uses.
  app.node.setContext('@aws-cdk/core:defaultCrossStackReferences', 'strong');
  const options = { terminationProtection: stage.protected };
  const data = new DataStack(app, `harborlight-${stage.name}-data`, stage, {
    ...options,
    description: `Harborlight ${stage.name}: booking records and vendor keys`,
  });
  const pipeline = new PipelineStack(app, `harborlight-${stage.name}-pipeline`, stage, data, {
    ...options,
    description: `Harborlight ${stage.name}: FareHarbor webhooks to Salesforce and Mailchimp`,
  });
  Tags.of(app).add('project', 'harborlight');
  Tags.of(app).add('stage', stage.name);
  warnOfGaps(pipeline, stage);
  checkWithNag(app);
}

/** What can be deployed, but should not stay so. `cdk synth --strict` makes errors of these. */
function warnOfGaps(pipeline: PipelineStack, { name, protected: inEarnest, settings, alarms }: Stage): void {
  if (Object.keys(settings.companies).length === 0) {
    Validations.of(pipeline).addWarning(
      'harborlight:no-company',
      `${name} has no company: add one in infra/settings/${name}.ts`,
    );
  }
  if (inEarnest && alarms.pageEmails.length === 0) {
    Validations.of(pipeline).addWarning(
      'harborlight:nobody-paged',
      `nobody hears ${name}'s alarms: set pageEmails in infra/settings/${name}.ts`,
    );
  }
}

/** `cdk synth -c stage=prod`, or HARBORLIGHT_STAGE=prod where the app is run without the CLI. */
if (import.meta.main) {
  const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out' });
  const name: unknown = app.node.tryGetContext('stage') ?? process.env.HARBORLIGHT_STAGE ?? 'dev';
  try {
    addHarborlight(app, stageNamed(String(name)));
    app.synth();
  } catch (error) {
    // What is wrong with the settings is the operator's to mend: they need its name, and no lines of our code.
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(`\n${error.message}\nSettings are in infra/settings; reference.ts there shows every one.\n`);
    process.exitCode = 1;
  }
}
