import { Refusal } from './errors.ts';

const REFERENCE = /@\{([^}]*)\}/g;

/** What earlier parts answered, by reference id. */
export type Answers = ReadonlyMap<string, unknown>;

/** The reference ids that a value (a URL, a body, however deep) names. */
export function referencesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    if (!value.includes('@{')) return;
    for (const [, path = ''] of value.matchAll(REFERENCE)) found.add(splitPath(path)[0] ?? '');
  } else if (Array.isArray(value)) {
    for (const one of value) collect(one, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) collect(one, found);
  }
}

/**
 * Replaces each `@{ref.path}` by what the part of that reference id answered.
 *
 * @throws Refusal PROCESSING_HALTED when that part failed, comes later, or answered nothing under the path.
 */
export function resolveReferences(value: unknown, answers: Answers): unknown {
  if (typeof value === 'string') return resolveText(value, answers);
  if (Array.isArray(value)) return value.map((one) => resolveReferences(one, answers));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolveReferences(one, answers)]));
}

/** The same for one text, such as a URL. */
export function resolveText(text: string, answers: Answers): string {
  if (!text.includes('@{')) return text;
  return text.replace(REFERENCE, (_, path: string) => {
    const [reference = '', ...steps] = splitPath(path);
    let at = answers.get(reference);
    for (const step of steps) at = isRecord(at) ? at[step] : undefined;
    if (at === undefined || at === null || typeof at === 'object') {
      const message = `Invalid reference specified. No value for ${path} found in ${reference}`;
      throw new Refusal(400, 'PROCESSING_HALTED', message);
    }
    return String(at);
  });
}

/** `query.records[0].Id` → query, records, 0, Id. */
function splitPath(path: string): string[] {
  return path.split(/[.[\]]+/).filter((step) => step !== '');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
