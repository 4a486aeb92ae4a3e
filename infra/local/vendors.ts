import { parseArgs } from 'node:util';
import { type Account, type RunningAccount, startAccount } from '../../test/vendors/aws/account.ts';
import { ConfigError, readConfig } from './config.ts';
import {
  ADMINISTRATOR,
  secretsFor,
  startVendors,
  type VendorSet,
  type VendorSetOptions,
  vendorEnvironment,
} from './vendor-set.ts';

const HELP = `Usage: npm run vendors [-- --empty]

Runs the four stand-ins alone: FareHarbor, Salesforce, Mailchimp, OpenAI; and of an AWS account what npm run preflight looks at.
--empty  Salesforce and Mailchimp as they are bought, without our fields, to try npm run provision on
PORT     port of the first, the others on the next three; 0 or nothing takes free ones

Each one shows what it holds at /_state and what it was asked at /_requests, and takes faults at /_faults.
`;

/** A vendor's org and audience before anything of ours is in them. */
const AS_BOUGHT: VendorSetOptions = { salesforce: { setUp: 'empty' }, mailchimp: { mergeFields: 'mailchimp' } };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, empty: { type: 'boolean', default: false } },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const firstPort = readConfig({ PORT: process.env.PORT }).port;
  const vendors = await startVendors({ firstPort, ...(values.empty && AS_BOUGHT) });
  const account = await startAccount(deployedWith(vendors));
  process.stdout.write(describe(vendors, account, values.empty));
  const close = async (): Promise<void> => {
    await Promise.all([vendors.close(), account.close()]);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void close().then(() => process.exit(0)));
  }
}

/** An account in which the stage dev was deployed, its secrets filled with the stand-ins' keys. */
function deployedWith(vendors: VendorSet): Account {
  const config = readConfig(vendorEnvironment(vendors));
  const secrets = Object.entries(secretsFor(config, config)).map(([name, value]) => [
    `harborlight/dev/${name}`,
    JSON.stringify(value),
  ]);
  return { bootstrap: 28, concurrency: 1000, reserved: 0, forbidden: [], secrets: Object.fromEntries(secrets) };
}

function describe(vendors: VendorSet, account: RunningAccount, isEmpty: boolean): string {
  const names = ['fareharbor', 'salesforce', 'mailchimp', 'openai'] as const;
  const places = names.map((name) => `  ${name.padEnd(11)} ${vendors[name].server.url}/_state`);
  const all = { ...vendorEnvironment(vendors), ...(isEmpty && ADMINISTRATOR) };
  const environment = Object.entries(all).map(([key, value]) => `export ${key}=${value}`);
  const aws = `AWS_ENDPOINT_URL=${account.url} AWS_REGION=local AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`;
  return [
    'The stand-ins are up:',
    ...places,
    '',
    'To point at them:',
    ...environment,
    '',
    'To look at the stage dev as if it were deployed beside them:',
    `${aws} npm run preflight -- --stage dev`,
    '',
  ].join('\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
