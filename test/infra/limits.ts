import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CODE_BYTES } from './limits/known-limits.ts';
import { overLimits } from './limits/over-limits.ts';
import type { Deployment } from './synth.ts';
import { functionSchema, resources } from './template.ts';

/** What AWS would refuse because it is too long, too large or too many. The spec of its resource types says nothing of that. */
export function describeLimits({ stage, whole, pipeline, folder, codeFolder }: Deployment): void {
  const functions = resources(pipeline, 'AWS::Lambda::Function', functionSchema);

  describe('limits', () => {
    test.each(['data', 'pipeline'] as const)('the %s stack is within those of AWS', (name) => {
      const file = join(folder, `harborlight-${stage.name}-${name}.template.json`);
      expect(overLimits(whole[name], statSync(file).size)).toEqual([]);
    });

    test.each(functions.map(({ properties }) => properties))(
      'the code of $FunctionName is within those',
      ({ Code }) => {
        const asset = codeFolder(Code.S3Key);
        const files = readdirSync(asset).map((name) => readFileSync(join(asset, name)));
        const unzipped = files.reduce((sum, { length }) => sum + length, 0);
        expect(unzipped).toBeGreaterThan(10_000);
        expect(unzipped).toBeLessThan(CODE_BYTES.unzipped);
        // A zip compresses as gzip does, and adds some hundred bytes for each file.
        expect(files.reduce((sum, file) => sum + gzipSync(file).length + 512, 0)).toBeLessThan(CODE_BYTES.zipped);
      },
    );
  });
}
