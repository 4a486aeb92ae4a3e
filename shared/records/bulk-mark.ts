/**
 * The mark that a bulk write puts on each record, as the wish for a rewrite, before it writes what it read.
 *
 * It does not come in the order of the guest, as live syncs do: while it is on its way, a live sync may bring a newer
 * state, which the bulk write then replaces by its older one. It looks for that afterwards; the mark is for the case
 * that it dies before. So a live sync does not take the mark away, until the write is surely over.
 */
const PREFIX = 'bulk ';

/** Milliseconds after which a bulk write that has not taken its mark away is over: all its calls and their timeouts. */
const LONGEST_MS = 15 * 60_000;

/** A mark of its own for one bulk write. */
export function newBulkMark(now: Date): string {
  return `${PREFIX}${now.toISOString()} ${crypto.randomUUID()}`;
}

/** Whether a record's wish for a rewrite is the mark of a bulk write. */
export function isBulkMark(rewrite: string | undefined): rewrite is string {
  return rewrite?.startsWith(PREFIX) === true;
}

/** Whether the bulk write that made this mark may still be at work. */
export function isBulkUnderWay(rewrite: string | undefined, now: Date): boolean {
  if (!isBulkMark(rewrite)) return false;
  const [began = ''] = rewrite.slice(PREFIX.length).split(' ');
  return now.getTime() - Date.parse(began) < LONGEST_MS;
}
