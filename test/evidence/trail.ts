import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Set for a run of the whole suite by gate.ts: the folder that everything is collected in which left the code. */
export const TRAIL_VARIABLE = 'HARBORLIGHT_TRAIL';

/**
 * What is collected, and so searched for what must not be in it:
 * - `logs`: lines that functions and use cases logged, metrics among them, and what tests print;
 * - `model`: bodies of requests to the model;
 * - `queues`: system and message attributes of messages that were given out.
 */
export const TRAILS = ['logs', 'model', 'queues'] as const;
export type Trail = (typeof TRAILS)[number];
/** Beside them: what to look for. */
export const SOUGHT = ['names', 'keys'] as const;
export type Sought = (typeof SOUGHT)[number];

const FULL = 256 * 1024;
const waiting = new Map<Trail | Sought, { parts: string[]; size: number }>();
const known = new Set<string>();

/** Keeps a text for the search at the end of the run; outside of one, nothing happens. */
export function keep(kind: Trail | Sought, told: string | (() => string)): void {
  if (process.env[TRAIL_VARIABLE] === undefined) return;
  const text = typeof told === 'string' ? told : told();
  const kept = waiting.get(kind) ?? { parts: [], size: 0 };
  kept.parts.push(text);
  kept.size += text.length;
  waiting.set(kind, kept);
  if (kept.size > FULL) flush();
}

/** The same, written at once: for a process that nobody tells when to. */
export function keepNow(kind: Trail, text: string): void {
  keep(kind, text);
  flush();
}

/** Has a guest's name or a key be searched for; each is noted once by a process. */
export function seek(kind: Sought, text: string): void {
  if (process.env[TRAIL_VARIABLE] === undefined || known.has(text) || text.trim() === '') return;
  known.add(text);
  keep(kind, JSON.stringify(text));
}

/** Writes what is kept to the run's folder. */
export function flush(): void {
  const folder = process.env[TRAIL_VARIABLE];
  if (folder === undefined) return;
  for (const [kind, { parts }] of waiting) {
    mkdirSync(join(folder, kind), { recursive: true });
    appendFileSync(join(folder, kind, `${process.pid}.txt`), `${parts.join('\n')}\n`);
  }
  waiting.clear();
}

let folders = 0;
/** A new folder for files of logs; undefined outside of a run. */
export function logFolder(): string | undefined {
  const folder = process.env[TRAIL_VARIABLE];
  if (folder === undefined) return undefined;
  folders += 1;
  const path = join(folder, 'logs', `${process.pid}-${folders}`);
  mkdirSync(path, { recursive: true });
  return path;
}

process.once('exit', flush);
