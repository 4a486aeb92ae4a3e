import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../infra/local/synth.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The cloud assembly, synthesized once for all pipeline tests. */
    readonly assembly: string;
  }
}

/** Synthesizes the app before the tests and removes it after them. */
export default async function setup(project: TestProject): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), 'harborlight-test-'));
  const assembly = join(directory, 'cdk.out');
  await synthesize(assembly);
  project.provide('assembly', assembly);
  return () => rmSync(directory, { recursive: true, force: true });
}
