import { type DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';
import { CATCH_UP_KIND, type CatchUp, catchUpItem, catchUpSchema } from '../../../shared/catch-up/note.ts';
import type { Log, Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { fromItem, toAttribute } from '../../../shared/records/dynamo.ts';
import type { LookAgain } from '../../../shared/webhook/look-again.ts';

/** The list of bookings that a model is still to read, as it is seen by who has it worked off. */
export interface CatchUpList {
  /** All there are, but no more than can be looked through in a second. */
  all(): Promise<CatchUp[]>;
  /** Notes that a look is asked for now. @returns whether the note still stood as it was read. */
  noteAsked(note: CatchUp, at: Date): Promise<boolean>;
}

export interface CatchUpDeps {
  readonly list: CatchUpList;
  /** Has enrichment look again at a booking. */
  readonly lookAgain: LookAgain;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** Looks that may lie in the queue at a time: a webhook that comes meanwhile waits for these at most. */
export const MOST_OPEN = 20;
/** What a person can mend; a spent budget has an alarm of its own, and an answer of no use is no fault. */
const UNANSWERED: ReadonlySet<CatchUp['reason']> = new Set<CatchUp['reason']>(['timeout', 'outage', 'quota']);
/** A look that nobody has counted after so long was lost. */
const LOST_AFTER_MS = 10 * 60_000;

/**
 * Has bookings looked at again whose words the model has not read when they came: the longest due first, and only so
 * many at a time that webhooks are not held up. Nothing is asked for twice while the first look may still be made.
 */
export async function catchUp({ list, lookAgain, log, meter, now }: CatchUpDeps): Promise<void> {
  const at = now();
  const notes = await list.all();
  meter.count(METRIC.catchUpsPending, notes.filter(({ reason }) => UNANSWERED.has(reason)).length);
  const isOpen = ({ askedAt }: CatchUp) => askedAt !== undefined && at.getTime() - Date.parse(askedAt) < LOST_AFTER_MS;
  const open = notes.filter(isOpen).length;
  const due = notes
    .filter((note) => !isOpen(note) && new Date(note.dueAt) <= at && new Date(note.until) > at)
    .sort((a, b) => a.dueAt.localeCompare(b.dueAt));
  let asked = 0;
  for (const note of due.slice(0, Math.max(0, MOST_OPEN - open))) {
    if (!(await list.noteAsked(note, at))) continue;
    await lookAgain(note);
    asked += 1;
  }
  if (due.length > 0) log.info('catch-up.asked', { pending: notes.length, due: due.length, open, asked });
}

/** Notes that one run looks through. */
const MOST_NOTES = 10_000;

/** The list in the operations table. */
export function catchUpList(client: DynamoDBClient, table: string): CatchUpList {
  return {
    async all() {
      const ExpressionAttributeValues = { ':kind': toAttribute(CATCH_UP_KIND) };
      const query = { TableName: table, KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues };
      const notes: CatchUp[] = [];
      for await (const { Items } of paginateQuery({ client }, query)) {
        notes.push(...(Items ?? []).map((item) => fromItem(catchUpSchema, item)));
        if (notes.length >= MOST_NOTES) break;
      }
      return notes;
    },

    async noteAsked(note, at) {
      const put = new PutItemCommand({
        TableName: table,
        Item: catchUpItem({ ...note, askedAt: at.toISOString() }),
        ConditionExpression: 'notedAt = :noted AND dueAt = :due AND tries = :tries',
        ExpressionAttributeValues: {
          ':noted': toAttribute(note.notedAt),
          ':due': toAttribute(note.dueAt),
          ':tries': toAttribute(note.tries),
        },
      });
      return !(await unlessRefused(client.send(put))).refused;
    },
  };
}
