/** Tells a person who waits what is going on. */
export interface Progress {
  /** What is being done now; on a terminal it replaces the step before. */
  step(text: string): void;
  /** Something finished; it stays on the screen. */
  done(text: string): void;
}

interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001B[K';

/** One line that changes on a terminal; a line for each step where output goes to a file or a pipe. */
export function createProgress(output: Output): Progress {
  if (output.isTTY !== true) {
    return { step: (text) => output.write(`  ${text}\n`), done: (text) => output.write(`${text}\n`) };
  }
  return {
    // A line that wrapped could not be cleared again.
    step: (text) => output.write(`${CLEAR_LINE}  ${text.slice(0, (output.columns || 80) - 4)}`),
    done: (text) => output.write(`${CLEAR_LINE}${text}\n`),
  };
}
