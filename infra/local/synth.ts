import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Synthesizes the CDK app (stage dev) into a directory: the same template and the same bundles that are deployed.
 * The app is run directly, since the CDK command line adds seconds and nothing that is needed here.
 *
 * @throws with what the app printed when it fails.
 */
export async function synthesize(outputDirectory: string): Promise<void> {
  const child = spawn(process.execPath, ['infra/app.ts'], {
    cwd: PROJECT,
    env: { ...process.env, CDK_OUTDIR: outputDirectory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`synthesizing the CDK app failed (exit ${code}):\n${printed.trim()}`);
}
