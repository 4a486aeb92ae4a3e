import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, describe, expect, test } from 'vitest';
import { addHarborlight } from '../../infra/app.ts';
import { checkWithNag } from '../../infra/constructs/nag.ts';
import { type Stage, stageNamed, withinConnections } from '../../infra/stages.ts';

const folder = mkdtempSync(join(tmpdir(), 'harborlight-stages-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An app that bundles nothing and leaves nothing behind. */
const emptyApp = () =>
  new App({ outdir: mkdtempSync(join(folder, 'app-')), context: { 'aws:cdk:bundling-stacks': [] } });

/** The pipeline stack of a stage, without bundling its functions. */
function pipelineOf(stage: Stage): Stack {
  const app = emptyApp();
  addHarborlight(app, stage);
  const found = app.node.findChild(`harborlight-${stage.name}-pipeline`);
  if (!Stack.isStack(found)) throw new Error('the pipeline is not a stack');
  return found;
}

function warningsOf(stage: Stage): string[] {
  const entries = pipelineOf(stage).node.metadata.filter(({ type }) => type === 'aws:cdk:warning');
  return entries.map(({ data }) => String(data));
}

describe('stages', () => {
  test('a stage that does not exist is refused with the names of those that do', () => {
    expect(() => stageNamed('production')).toThrow("stage: 'production' does not exist; choose dev or prod");
  });

  test('dev has the sample companies, each in its own currency', () => {
    const { companies } = stageNamed('dev').settings;
    const currencies = Object.entries(companies).map(([shortname, { salesforce }]) => [
      shortname,
      salesforce.orgCurrency,
    ]);
    expect(Object.fromEntries(currencies)).toEqual({
      'harbor-kayaks': 'USD',
      'bateau-mouette': 'EUR',
      'umi-tours': 'JPY',
    });
  });

  test('only prod is protected, its stacks against deletion too', () => {
    expect(stageNamed('dev').protected).toBe(false);
    expect(stageNamed('prod').protected).toBe(true);
    expect(pipelineOf(stageNamed('prod')).terminationProtection).toBe(true);
  });

  test('prod says what is missing before it can be of use; with it, it is silent', () => {
    const prod = stageNamed('prod');
    const warnings = warningsOf(prod);
    expect(warnings).toEqual([
      expect.stringContaining('prod has no company: add one in infra/settings/prod.ts'),
      expect.stringContaining("nobody hears prod's alarms: set pageEmails in infra/settings/prod.ts"),
    ]);
    const complete: Stage = {
      ...prod,
      settings: stageNamed('dev').settings,
      alarms: { ...prod.alarms, pageEmails: ['on-call@harborlight.test'] },
    };
    expect(warningsOf(complete)).toEqual([]);
  });

  test('Mailchimp’s ten connections are enough for all environments and the commands, and no stage may ask for more', () => {
    const template = Template.fromStack(pipelineOf(stageNamed('prod')));
    const [marketing] = Object.values(
      template.findResources('AWS::Lambda::EventSourceMapping', {
        Properties: { FunctionName: { Ref: Match.stringLikeRegexp('^marketingsync') } },
      }),
    );
    const environments = Number(marketing?.Properties.ScalingConfig.MaximumConcurrency);
    const [backfill, provision] = [2, 1];
    expect(environments).toBeGreaterThan(0);
    expect(environments + backfill + provision).toBeLessThanOrEqual(10);
    const dev = stageNamed('dev');
    const asking = (most: number) => ({ ...dev, concurrency: { ...dev.concurrency, 'marketing-sync': most } });
    expect(withinConnections(asking(7)).concurrency['marketing-sync']).toBe(7);
    expect(() => withinConnections(asking(8))).toThrow('concurrency.marketing-sync of dev may be 7 at most');
  });

  test('mails go to the topic of their severity', () => {
    const dev = stageNamed('dev');
    const alarms = {
      ...dev.alarms,
      pageEmails: ['on-call@harborlight.test'],
      ticketEmails: ['office@harborlight.test'],
    };
    const pipeline = pipelineOf({ ...dev, alarms });
    const template = Template.fromStack(pipeline);
    const topicNamed = (severity: string) =>
      Object.keys(
        template.findResources('AWS::SNS::Topic', { Properties: { TopicName: `harborlight-dev-alarms-${severity}` } }),
      )[0];
    const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription'));
    expect(subscriptions.map(({ Properties }) => Properties)).toEqual([
      { Endpoint: 'on-call@harborlight.test', Protocol: 'email', TopicArn: { Ref: topicNamed('page') } },
      { Endpoint: 'office@harborlight.test', Protocol: 'email', TopicArn: { Ref: topicNamed('ticket') } },
    ]);
  });

  test('a finding that nobody has answered stops the synthesis', () => {
    const app = emptyApp();
    new Queue(new Stack(app, 'careless'), 'WithoutDeadLetters');
    checkWithNag(app);
    expect(() => app.synth()).toThrow('AwsSolutions-SQS3');
  });
});
