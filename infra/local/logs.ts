import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const KEPT_LINES = 10_000;

/** What one function printed: the newest lines in memory, all of them in a file, each after its time. */
export interface LogBuffer {
  readonly lines: readonly string[];
  /** When each of them came, in milliseconds: CloudWatch keeps that beside a line, most of which do not say it. */
  readonly times: readonly number[];
  write(line: string): void;
  /** Takes lines from a process's output for as long as it lives. */
  attach(stream: Readable | null): void;
  close(): Promise<void>;
}

/** @param directory where the file goes; undefined keeps lines in memory only. */
export function createLogBuffer(name: string, directory: string | undefined): LogBuffer {
  const lines: string[] = [];
  const times: number[] = [];
  const file: WriteStream | undefined =
    directory === undefined ? undefined : createWriteStream(join(directory, `${name}.log`), { flags: 'a' });
  // A disk that is full must not stop the pipeline; the lines are still in memory.
  file?.on('error', () => undefined);
  const write = (line: string): void => {
    const at = Date.now();
    lines.push(line);
    times.push(at);
    if (lines.length > KEPT_LINES * 1.1) for (const kept of [lines, times]) kept.splice(0, kept.length - KEPT_LINES);
    // As `aws logs tail` shows it.
    file?.write(`${new Date(at).toISOString()} ${line}\n`);
  };
  return {
    lines,
    times,
    write,
    attach: (stream) => {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (text: string) => {
        const parts = (rest + text).split('\n');
        rest = parts.pop() ?? '';
        for (const line of parts) if (line !== '') write(line);
      });
      stream?.on('end', () => {
        if (rest !== '') write(rest);
      });
    },
    close: () =>
      new Promise((done) => {
        if (file === undefined) done();
        else file.end(() => done());
      }),
  };
}
