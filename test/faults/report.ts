import { drawTable } from '../../infra/local/text-table.ts';
import type { StoryOutcome } from './campaign.ts';
import { type CrashPoint, MOMENTS } from './tripwire.ts';

/** Lines of one violation that are shown: the first ones say what is wrong. */
const SHOWN = 8;

/** The table of all stories, with their sum. `ms`: how long it all took. */
export function table(outcomes: readonly StoryOutcome[], ms: number): string {
  const headings = ['story', 'steps', 'crash points', 'crashes', 'not reached', 'violations', 'time'];
  const figures = ({ points, crashes, unreached, violations }: StoryOutcome): number[] => [
    points.length / MOMENTS.length,
    points.length,
    crashes,
    unreached.length,
    violations.length,
  ];
  const nothing = [0, 0, 0, 0, 0];
  const sums = outcomes.map(figures).reduce((sum, row) => row.map((figure, at) => figure + (sum[at] ?? 0)), nothing);
  const row = (name: string, numbers: readonly number[], milliseconds: number): string[] => [
    name,
    ...numbers.map(String),
    seconds(milliseconds),
  ];
  return drawTable(
    headings.map((heading) => ({ heading, width: 40 })),
    [...outcomes.map((outcome) => row(outcome.story, figures(outcome), outcome.ms)), row('all', sums, ms)],
  );
}

/** One line about a story that is through, and a paragraph for each thing that went wrong. */
export function account(outcome: StoryOutcome, seed: string): string {
  const { story, crashes, violations, unreached, ms } = outcome;
  const repeat = ({ step, when }: CrashPoint): string =>
    `  again: npm run faults -- --seed ${seed} --story ${story} --point "${step}" --when ${when}`;
  return [
    `${story}: ${crashes} crashes, ${violations.length} violations, ${seconds(ms)}`,
    ...violations.flatMap(({ points, what }) => [
      `\n${story}, ${points.map(({ step, when }) => `killed ${when} ${step}`).join(', ') || 'undisturbed'}:`,
      ...what.slice(0, SHOWN).map((line) => `  ${line}`),
      ...(what.length > SHOWN ? [`  and ${what.length - SHOWN} more`] : []),
      ...points.map(repeat),
    ]),
    // A step that only the slower of two sinks takes may not come again; it is neither proven nor wrong.
    ...unreached.flatMap((point) => [`\n${story}: no call came by again: ${point.step}`, repeat(point)]),
  ].join('\n');
}

/** A story's steps with the numbers by which `--point` takes them. */
export function listing({ story, points }: StoryOutcome): string {
  return [story, ...stepsOf(points).map((step, index) => `${String(index + 1).padStart(4)}  ${step}`), ''].join('\n');
}

/** The steps that the points are about, in order. */
export function stepsOf(points: readonly CrashPoint[]): string[] {
  return [...new Set(points.map(({ step }) => step))];
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
