import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import type { Settings } from '../../shared/settings/settings.ts';
import type { FunctionName } from '../stages.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** CommonJS packages inside the bundle call `require`, which an ES module does not have. */
const REQUIRE =
  "import{createRequire as harborlightRequire}from'node:module';const require=harborlightRequire(import.meta.url);";

/** How esbuild bundles a function; the result depends on the sources and on nothing of the machine. */
export function bundleOptions(name: FunctionName) {
  return {
    absWorkingDir: ROOT,
    entryPoints: [join('functions', name, 'handler.ts')],
    // Nothing is written here: paths in the source map are relative to it, and so the same wherever the assembly goes.
    outfile: join('dist', name, 'index.mjs'),
    bundle: true,
    // Packages keep their place under the project, also where node_modules is a link: source maps name it.
    preserveSymlinks: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // What is never reached in Lambda, or is there already; each file says how much it saves.
    alias: {
      '@aws-sdk/credential-provider-node': './infra/bundling/lambda-credentials.ts',
      undici: './infra/bundling/built-in-fetch.ts',
      'csv-parse': './infra/bundling/no-csv.ts',
      'csv-parse/sync': './infra/bundling/no-csv.ts',
      'csv-stringify': './infra/bundling/no-csv.ts',
      'csv-stringify/sync': './infra/bundling/no-csv.ts',
      'form-data': './infra/bundling/no-multipart.ts',
      xml2js: './infra/bundling/no-xml.ts',
    },
    banner: { js: REQUIRE },
    minify: true,
    legalComments: 'none',
    // Beside the bundle, named in its last line, and without the sources: stack traces need only the mapping.
    sourcemap: 'linked',
    sourcesContent: false,
    charset: 'utf8',
    logLevel: 'silent',
  } satisfies BuildOptions;
}

function build(name: FunctionName, into: string, settings: Settings | undefined): void {
  const { outputFiles } = buildSync({ ...bundleOptions(name), write: false });
  mkdirSync(into, { recursive: true });
  for (const file of outputFiles) writeFileSync(join(into, basename(file.path)), file.contents);
  if (settings) writeFileSync(join(into, 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
}

/**
 * A function's code: `index.mjs`, its source map, and `settings.json` where the function reads the operator's settings.
 * esbuild runs in this process rather than through CDK's NodejsFunction, so that neither a shell nor Docker nor npx is
 * needed, on any platform, and a file can be put beside the bundle without quoting it through a shell.
 * @throws Error with esbuild's message and place when the sources do not bundle.
 */
export function bundledCode(name: FunctionName, settings?: Settings): Code {
  return Code.fromAsset(join(ROOT, 'functions', name), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // The type demands an image. It is never used: the local bundling below succeeds or throws.
      image: DockerImage.fromRegistry('docker-is-not-used'),
      local: {
        tryBundle(outputDir) {
          build(name, outputDir, settings);
          return true;
        },
      },
    },
  });
}
