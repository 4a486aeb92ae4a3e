import { PermanentError, RetryableError } from '../../shared/errors/errors.ts';
import { drawTable } from '../local/text-table.ts';

/** `missing` is not there (or not to be seen by our user), `wrong` is there but not as it is needed. */
export type State = 'ok' | 'created' | 'missing' | 'wrong';

/** One thing that a vendor must have, and how it stands. */
export interface Finding {
  readonly what: string;
  readonly state: State;
  /** What is there, and what a person can do about it; empty where there is nothing to say. */
  readonly note: string;
}

/** Whether everything needed is there. Nothing found at all is not everything. */
export function isComplete(findings: readonly Finding[]): boolean {
  return findings.length > 0 && findings.every(({ state }) => state === 'ok' || state === 'created');
}

/** The findings as a table for a terminal. */
export function drawFindings(findings: readonly Finding[]): string {
  const columns = [
    // Wide enough for every field's name in one piece, and for the commands in the notes.
    { heading: 'what', width: 42 },
    { heading: 'state', width: 7 },
    { heading: 'detail, how to fix', width: 72 },
  ];
  return drawTable(
    columns,
    findings.map(({ what, state, note }) => [what, state, note]),
  );
}

/** The findings without any of the texts given: vendors and what stands before them may quote what they were sent. */
export function withoutSecrets(findings: readonly Finding[], secrets: readonly string[]): Finding[] {
  const silent = (text: string): string =>
    secrets.filter(Boolean).reduce((kept, secret) => kept.replaceAll(secret, '…'), text);
  return findings.map(({ what, state, note }) => ({ what: silent(what), state, note: silent(note) }));
}

/**
 * The failure of a call as a finding about what it was for.
 *
 * @param fixes what a person can do, by the error's code; without an entry the error's own words must do.
 * @throws the error itself where it is no vendor's failure.
 */
export function failed(what: string, error: unknown, fixes: Readonly<Record<string, string>>): Finding {
  if (!(error instanceof PermanentError) && !(error instanceof RetryableError)) throw error;
  const fix = fixes[error.code] ?? (error instanceof RetryableError ? 'run the command again in a while' : undefined);
  return { what, state: 'wrong', note: [error.message, fix].filter(Boolean).join(': ') };
}
