import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of this project. */
export const PROJECT = resolve(import.meta.dirname, '..', '..');

/** What a synthesis reads of it. */
const SOURCES = ['functions', 'infra', 'shared', 'cdk.json', 'package.json', 'tsconfig.json'];

/** Puts the project's sources into a folder, beside the same packages. @returns the folder. */
export function copyProject(folder: string): string {
  for (const name of SOURCES) cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
}
