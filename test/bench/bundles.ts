import { type Composition, compositionOf } from '../../infra/bundling/composition.ts';
import { inKb, LARGEST_KB, tooHeavy, WORTH } from '../../infra/bundling/weights.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/stages.ts';

/** Parts of a bundle that are listed by themselves. */
const LISTED = 10;

/** Prints what each function's bundle is made of. @returns whether each is within its size, and each heavy package is worth it. */
export function benchBundles(print: (text: string) => void): boolean {
  const all = FUNCTION_NAMES.map((name) => ({ name, composition: compositionOf(name) }));
  for (const { name, composition } of all) print(drawBundle(name, composition));
  const wrong = all.flatMap(({ name, composition }) => tooHeavy(name, composition));
  for (const line of wrong) print(line);
  return wrong.length === 0;
}

/** One bundle for people: its size, its heaviest parts, and why each package is there. */
export function drawBundle(name: FunctionName, { bytes, parts }: Composition): string {
  const listed = parts.slice(0, LISTED);
  const rest = parts.slice(LISTED);
  const width = Math.max(...listed.map((part) => part.name.length));
  const line = (part: string, size: number, why: string): string =>
    `  ${inKb(size).padStart(8)}  ${part.padEnd(width)}  ${why}`.trimEnd();
  return [
    `${name}: ${inKb(bytes)} (at most ${LARGEST_KB[name]} KB)`,
    ...listed.map((part) => line(part.name, part.bytes, WORTH[part.name] ?? '')),
    ...(rest.length > 0
      ? [
          line(
            `${rest.length} more`,
            rest.reduce((sum, part) => sum + part.bytes, 0),
            '',
          ),
        ]
      : []),
    '',
  ].join('\n');
}
