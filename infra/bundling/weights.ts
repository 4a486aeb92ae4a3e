import type { FunctionName } from '../stages.ts';
import type { Composition, Part } from './composition.ts';

const KB = 1024;

/** From this size on a package in a bundle has to be worth it. */
const HEAVY = 10 * KB;

/** The most that a function's bundle may weigh, KB: some tenth more than it did when this was last looked at. */
export const LARGEST_KB: Readonly<Record<FunctionName, number>> = {
  ingest: 75,
  enrichment: 1_150,
  'crm-sync': 610,
  'marketing-sync': 490,
  reconcile: 445,
};

/** Why each heavy package is in a bundle all the same. */
export const WORTH: Readonly<Record<string, string>> = {
  '@smithy/core': 'what every AWS client is made of: protocols, retries, endpoints',
  '@aws-sdk/core': 'signing and the two JSON protocols of the AWS clients',
  '@aws-sdk/client-dynamodb': 'the tables; its schemas of commands that nobody calls are dropped',
  '@aws-sdk/client-sqs': 'hints, and messages that step aside',
  '@aws-sdk/client-secrets-manager': 'the vendors’ keys',
  zod: 'every boundary is parsed; by its small sister where starting counts (ingest)',
  openai: 'the Responses API against any compatible server; all its other APIs hang on the one class',
  'libphonenumber-js': 'numbers to E.164 and out of texts; of its three sets of rules the smallest (80 KB)',
  jsforce: 'signing in to Salesforce and its transport; without its CSV, XML, files and HTTP client',
  '@sindresorhus/is': 'jsforce looks at the kind of each body with it; its default export cannot be cut',
};

/** What is too heavy in a bundle, in words for whoever made it so; nothing where all is well. */
export function tooHeavy(name: FunctionName, { bytes, parts }: Composition): readonly string[] {
  const size = bytes > LARGEST_KB[name] * KB ? [`${name} is ${inKb(bytes)}, above ${LARGEST_KB[name]} KB`] : [];
  const unexplained = heavyPackages(parts).filter((part) => WORTH[part.name] === undefined);
  return [
    ...size,
    ...unexplained.map(
      (part) => `${name} has ${part.name} in it, ${inKb(part.bytes)}: say in weights.ts why, or cut it`,
    ),
  ];
}

/** Packages of others that are worth a word. */
export function heavyPackages(parts: readonly Part[]): readonly Part[] {
  return parts.filter((part) => part.bytes >= HEAVY && !OWN.has(part.name));
}

const OWN: ReadonlySet<string> = new Set(['functions', 'shared', 'infra']);

export const inKb = (bytes: number): string => `${Math.round(bytes / KB)} KB`;
