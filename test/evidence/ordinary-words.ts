import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every word of the product's own sources, in lower case: what its logs may say with nobody's name in mind. */
export function ordinaryWords(): ReadonlySet<string> {
  const words = new Set<string>();
  for (const folder of ['functions', 'shared', 'infra']) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      // `someWordsLikeThis` are four words.
      for (const [word] of text.matchAll(/\p{Lu}?\p{Ll}+/gu)) words.add(word.toLowerCase());
    }
  }
  return words;
}
