import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigError, type LocalConfig, reachesRealVendor, readConfig } from './config.ts';
import { createProgress, type Progress } from './progress.ts';
import { reportDifferences, reportSamples } from './sample-report.ts';
import { deliverSamples } from './samples.ts';
import { type Stack, startStack } from './stack.ts';

const HELP = `Usage: npm start [-- --exit] [-- --samples]

Runs the whole pipeline on this machine from its synthesized template, delivers the sample bookings and shows
what arrived in Salesforce and Mailchimp; then stays up until Ctrl-C.

  --exit      end after the table; the exit code is 0 only when every sample reached the state it should have
  --samples   deliver the samples even though a real vendor is set (they create invented guests there)
  --help      this text

PORT=8080 chooses the webhook's port (any free one otherwise). DYNAMODB_ENGINE=dynoxide|dynamodb-local chooses the
table engine. Each vendor is a stand-in until its keys are set; README.md lists them.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { exit: { type: 'boolean' }, samples: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const config = readConfig(process.env);
  const progress = createProgress(process.stdout);
  const logDirectory = fileURLToPath(new URL(`../../.local/logs/${process.pid}`, import.meta.url));
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const interrupted = once(stopping.signal, 'abort').then(() => 'interrupted' as const);
  const starting = startStack({ config, logDirectory, onProgress: (step) => progress.step(step) });
  const early = await Promise.race([starting, interrupted]);
  const stack = await starting;
  try {
    if (early === 'interrupted') return 130;
    progress.done(`The pipeline is up (${Math.round(process.uptime() * 10) / 10} s).`);
    const running = run(stack, config, progress, values.samples === true, stopping.signal);
    const outcome = await Promise.race([running, interrupted]);
    if (outcome === 'interrupted') {
      await running.catch(() => undefined);
      return 130;
    }
    if (values.exit === true) return outcome ? 0 : 1;
    process.stdout.write(describe(stack, config, join(logDirectory, '*.log')));
    await interrupted;
    return 0;
  } finally {
    progress.step('closing');
    await stack.close();
    progress.done('Closed.');
  }
}

/** Delivers the samples, unless that would fill a real vendor unasked. @returns whether all is as it should be. */
async function run(
  stack: Stack,
  config: LocalConfig,
  progress: Progress,
  wanted: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  if (reachesRealVendor(config) && !wanted) {
    progress.done('A real vendor is set: the samples are not delivered (add --samples to do so).');
    return true;
  }
  const { salesforce, mailchimp } = config.vendors;
  const samples = await deliverSamples(stack, {
    signal,
    checkVendors: salesforce.kind === 'stand-in' && mailchimp.kind === 'stand-in',
    onStory: (story, number, total) => progress.step(`sample ${number} of ${total}: ${story.title}`),
  });
  progress.done(`\n${reportSamples(samples)}`);
  const wrong = reportDifferences(samples);
  if (wrong !== '') progress.done(`\n${wrong}`);
  return wrong === '';
}

function describe(stack: Stack, config: LocalConfig, logs: string): string {
  const names = ['fareharbor', 'salesforce', 'mailchimp', 'openai'] as const;
  const looks = names.map((name) => {
    const { kind } = config.vendors[name];
    if (kind === 'given') return `  ${name.padEnd(11)} as your environment says`;
    const note = kind === 'none' ? ' (not called: its key is empty)' : '';
    return `  ${name.padEnd(11)} ${stack.vendors[name].server.url}/_state${note}`;
  });
  const company = { shortname: 'harbor-kayaks' };
  const body = JSON.stringify({ booking: { uuid: untoldBooking(stack, config, company.shortname), company } });
  return [
    '',
    `Webhook  ${stack.webhookUrl}`,
    '',
    'Send it something (FareHarbor holds a booking that no webhook has told of yet):',
    `  curl -i -H 'content-type: application/json' -d '${body}' ${stack.webhookUrl}`,
    '',
    'What the vendors hold:',
    ...looks,
    '',
    'What waits, is parked or is quarantined, and how to repair it (--help lists the commands; likewise npm run backfill):',
    `  ${operationsLine(stack)}`,
    '',
    `What the functions print: ${logs}`,
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

/** A booking for the reader to send: it appears in Salesforce and Mailchimp once its webhook arrives. */
function untoldBooking({ vendors }: Stack, config: LocalConfig, company: string): string {
  if (config.vendors.fareharbor.kind !== 'stand-in') return crypto.randomUUID();
  const contact = { name: 'Robin Fairweather', email: 'robin.fairweather@harborlight-sample.test' };
  const { uuid } = vendors.fareharbor.vendor.book({
    company,
    contact: { ...contact, phone: '+1 202-555-0199', emailConsent: true },
  });
  vendors.fareharbor.vendor.pay(uuid);
  return uuid;
}

/** The command that looks into this stack's tables and queues; its keys are as invented as their contents. */
function operationsLine({ endpoints }: Stack): string {
  const credentials = 'AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local';
  const { dynamoDb, sqs, secretsManager } = endpoints;
  const addresses = `AWS_ENDPOINT_URL_DYNAMODB=${dynamoDb} AWS_ENDPOINT_URL_SQS=${sqs} AWS_ENDPOINT_URL_SECRETS_MANAGER=${secretsManager}`;
  return `${addresses} ${credentials} npm run ops -- status`;
}

try {
  process.exitCode = await main();
} catch (error) {
  const known = error instanceof ConfigError ? 'The environment is not right:\n' : '';
  process.stderr.write(`\n${known}${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
