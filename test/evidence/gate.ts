import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { ordinaryWords } from './ordinary-words.ts';
import { alsoNumbers, type Finding, type SoughtData, searchFile, searchFor } from './search.ts';
import { flush, type Sought, TRAIL_VARIABLE, TRAILS, type Trail } from './trail.ts';

const SHOWN = 20;
/** What the stand-ins take for keys, unless a test says otherwise. */
const KEYS_OF_STAND_INS = [
  '00000000-0000-4000-8000-00000000000a',
  '00000000-0000-4000-8000-00000000000b',
  'local-secret',
  'local-key-us1',
  'sk-local',
];

/**
 * For a whole run of the tests: collects all that the code logged, sent to the model or put into queue attributes,
 * and fails the run when a guest or a key is in it (invariant 8). What was found is told by file and kind only.
 */
export default function setup(): (() => Promise<void>) | undefined {
  // Several projects of one run share one folder; who made it searches it.
  if (process.env[TRAIL_VARIABLE] !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'harborlight-trail-'));
  process.env[TRAIL_VARIABLE] = folder;
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // A run that somebody ends is searched by nobody.
  process.once('exit', remove);
  return async () => {
    flush();
    delete process.env[TRAIL_VARIABLE];
    const { searched, findings } = await searchTrail(folder, ordinaryWords());
    if (findings.length > 0) {
      process.off('exit', remove);
      throw new LeakError(findings);
    }
    remove();
    console.log(
      `searched for guests and keys, none found: ${TRAILS.map((trail) => `${searched[trail]} lines of ${trail}`).join(', ')}`,
    );
  };
}

/** Something personal, or a key, is where it must not be. The folder is left for a person to look into. */
class LeakError extends Error {
  override readonly name = 'LeakError';

  constructor(findings: readonly Finding[]) {
    const lines = findings
      .slice(0, SHOWN)
      .map(({ kind, file, line, hint }) => `  ${kind} in ${file}, line ${line}: ${hint}`);
    const more = findings.length > SHOWN ? [`  and ${findings.length - SHOWN} more`] : [];
    super(
      ['personal data or keys were logged, sent to the model or put into queue attributes:', ...lines, ...more].join(
        '\n',
      ),
    );
  }
}

export interface Searched {
  /** Lines by trail: where nothing was collected, nothing was shown. */
  readonly searched: Readonly<Record<Trail, number>>;
  readonly findings: readonly Finding[];
}

/** Searches everything in a run's folder for what was noted in it. */
export async function searchTrail(folder: string, words: SoughtData['ordinaryWords']): Promise<Searched> {
  const keys = [...KEYS_OF_STAND_INS, ...soughtIn(folder, 'keys')];
  const search = searchFor({ names: soughtIn(folder, 'names'), keys, ordinaryWords: words });
  const searched = { logs: 0, model: 0, queues: 0 };
  const findings: Finding[] = [];
  for (const trail of TRAILS) {
    for (const file of filesIn(join(folder, trail))) {
      const found = await searchFile(file, trail === 'model' ? alsoNumbers(search) : search);
      searched[trail] += found.lines;
      findings.push(...found.findings);
    }
  }
  return { searched, findings };
}

function soughtIn(folder: string, kind: Sought): string[] {
  return filesIn(join(folder, kind)).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => z.string().parse(JSON.parse(line))),
  );
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
