import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from './config.ts';
import { startVendors, type VendorSet, vendorEnvironment } from './vendor-set.ts';

const HELP = `Usage: npm run vendors [-- --help]

Runs the four stand-ins alone: FareHarbor, Salesforce, Mailchimp, OpenAI.
PORT  port of the first, the others on the next three; 0 or nothing takes free ones

Each one shows what it holds at /_state and what it was asked at /_requests, and takes faults at /_faults.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const vendors = await startVendors({ firstPort: readConfig({ PORT: process.env.PORT }).port });
  process.stdout.write(describe(vendors));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void vendors.close().then(() => process.exit(0)));
  }
}

function describe(vendors: VendorSet): string {
  const names = ['fareharbor', 'salesforce', 'mailchimp', 'openai'] as const;
  const places = names.map((name) => `  ${name.padEnd(11)} ${vendors[name].server.url}/_state`);
  const environment = Object.entries(vendorEnvironment(vendors)).map(([key, value]) => `export ${key}=${value}`);
  return ['The stand-ins are up:', ...places, '', 'To point at them:', ...environment, ''].join('\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
