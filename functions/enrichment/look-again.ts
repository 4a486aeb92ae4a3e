import type { Log } from '../../shared/observability/logger.ts';
import type { CatchUpNotes } from './catch-up-notes.ts';
import { enrichAgain, type LookAgain } from './enrich.ts';
import type { EnrichDeps } from './observation.ts';

export interface LookAgainDeps extends EnrichDeps {
  readonly catchUp: Pick<CatchUpNotes, 'read' | 'noteLook'>;
  readonly log: Log;
}

/**
 * Looks again at a booking of which nothing new was told: its words are read and what may be done with that is decided
 * with the answers, reviews and policies of today. There is a new version only where that says something else; it
 * starts nothing by itself.
 *
 * A look that came of a note is counted there, and one for the guest’s sake takes its note away, unless the new version has taken the note away.
 */
export async function lookAgain(subject: LookAgain, deps: LookAgainDeps): Promise<void> {
  const { uuid, company } = subject;
  const notes = await deps.catchUp.read(company, uuid);
  const outcome = await enrichAgain(subject, deps);
  for (const note of notes) await deps.catchUp.noteLook(note);
  const [{ reason, tries } = { reason: undefined, tries: undefined }] = notes;
  deps.log.info('booking.looked-again', { uuid, company, outcome, reason, tries });
}
