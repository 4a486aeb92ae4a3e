import { buildSync } from 'esbuild';
import type { FunctionName } from '../stages.ts';
import { bundleOptions } from './bundled-code.ts';

/** A package, or a folder of our own (`shared`, `functions`), with the bytes it takes in a bundle. */
export interface Part {
  readonly name: string;
  readonly bytes: number;
}

export interface Composition {
  /** Of the bundle as it is deployed, without its source map. */
  readonly bytes: number;
  /** Heaviest first. */
  readonly parts: readonly Part[];
}

/** What a function's bundle is made of, as esbuild counts it. */
export function compositionOf(name: FunctionName): Composition {
  const { metafile } = buildSync({ ...bundleOptions(name), write: false, metafile: true });
  const [, output] = Object.entries(metafile.outputs).find(([file]) => file.endsWith('.mjs')) ?? [];
  if (output === undefined) throw new Error(`esbuild made no bundle of ${name}`);
  const bytes = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
    const part = partOf(file);
    bytes.set(part, (bytes.get(part) ?? 0) + bytesInOutput);
  }
  const parts = [...bytes].map(([part, size]) => ({ name: part, bytes: size })).filter((part) => part.bytes > 0);
  return { bytes: output.bytes, parts: parts.sort((a, b) => b.bytes - a.bytes) };
}

/** `node_modules/@smithy/core/dist-es/x.js` → `@smithy/core`; `shared/acts/x.ts` → `shared`. */
export function partOf(file: string): string {
  const [, inner] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
  return inner ?? file.split('/')[0] ?? file;
}
