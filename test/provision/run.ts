import { provision } from '../../infra/provision/command.ts';
import type { Environment } from '../../infra/provision/config.ts';

export interface Ran {
  readonly code: number;
  /** All that was printed. */
  readonly output: string;
  /** The table's rows by what they are about, with the lines of a wrapped cell joined by spaces. */
  readonly rows: ReadonlyMap<string, { readonly state: string; readonly note: string }>;
}

/** Runs the command as `npm run provision -- …` would, with nothing but this environment. */
export async function ran(args: readonly string[], environment: Environment): Promise<Ran> {
  const printed: string[] = [];
  const code = await provision(args, environment, (text) => printed.push(text));
  const output = printed.join('\n');
  return { code, output, rows: rowsOf(output) };
}

/** The rows of a table of findings, by their first cell. */
export function rowsOf(output: string): Ran['rows'] {
  const blocks = output.split(/^[├┌└].*$/m).slice(2);
  return new Map(
    blocks.flatMap((block) => {
      const lines = block
        .split('\n')
        .filter((line) => line.startsWith('│'))
        .map((line) => line.split('│').map((cell) => cell.trim()));
      if (lines.length === 0) return [];
      const cell = (index: number): string =>
        lines
          .map((line) => line[index] ?? '')
          .filter(Boolean)
          .join(' ');
      return [[cell(1), { state: cell(2), note: cell(3) }] as const];
    }),
  );
}
