import type { Pending } from '../../../shared/webhook/verification.ts';
import type { VerificationList } from '../../../shared/webhook/verifications.ts';

/** How fast questions are put. */
export interface Pace {
  /** A little above what the budget of calls gives: a question that finds none left costs nothing and comes again. */
  readonly perSecond: number;
  /** Questions put at once after a rest. */
  readonly burst: number;
  /** Questions without an answer at a time: so few that a webhook behind them does not wait. */
  readonly window: number;
  /** Milliseconds after which a question that was not taken up counts as lost. */
  readonly patienceMs: number;
}
export const PACE: Pace = { perSecond: 11, burst: 5, window: 20, patienceMs: 60_000 };

/** Between two looks at what was answered. */
const LOOK_MS = 300;
/** After a whole window without an answer: FareHarbor fails, or webhooks need all its calls. Doubled each time. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;

export interface PaceDeps {
  readonly list: Pick<VerificationList, 'still'>;
  /** Has enrichment ask FareHarbor for the booking. */
  readonly ask: (pending: Pending) => Promise<void>;
  readonly now: () => Date;
  readonly pace?: Pace;
}

/** What became of questions since the last look. */
export interface Answers {
  readonly answered: readonly Pending[];
  /** There was no call left for them, or FareHarbor did not answer: they are noted still. */
  readonly unanswered: readonly Pending[];
}

export interface Asker {
  /** Questions that were put and have no answer yet. */
  readonly open: number;
  /** Questions that are still to be put. */
  readonly waiting: number;
  offer(pendings: readonly Pending[]): void;
  /** Looks what was answered and puts as many questions as the pace allows. Call it several times a second. */
  tick(): Promise<Answers>;
}

/**
 * Has noted bookings verified, as fast as the budget of calls gives and without getting into the way of webhooks: only
 * a few questions lie in the queue at a time. A question's note tells what became of it: it is gone when there was an
 * answer, and counts the tries that brought none.
 */
export function askInPace({ list, ask, now, pace = PACE }: PaceDeps): Asker {
  let waiting: Pending[] = [];
  let open: { readonly pending: Pending; readonly at: number }[] = [];
  let allowance = 1;
  let lastAt = now().getTime();
  let lookedAt = lastAt;
  let inVain = 0;
  let restMs = FIRST_REST_MS;
  let restUntil = 0;

  const look = async (at: number): Promise<Answers> => {
    if (open.length === 0 || at - lookedAt < LOOK_MS) return { answered: [], unanswered: [] };
    lookedAt = at;
    const still = await list.still(open.map(({ pending }) => pending));
    const answered = open.flatMap(({ pending }) => (still.has(pending.uuid) ? [] : [pending]));
    const tried: Pending[] = [];
    open = open.filter(({ pending, at: askedAt }) => {
      const note = still.get(pending.uuid);
      if (note === undefined) return false;
      if (note.tries === pending.tries && at - askedAt < pace.patienceMs) return true;
      tried.push(note);
      return false;
    });
    rest(answered.length, tried.length, at);
    return { answered, unanswered: tried };
  };
  const rest = (answered: number, tried: number, at: number): void => {
    inVain = answered > 0 ? 0 : inVain + tried;
    if (answered > 0) restMs = FIRST_REST_MS;
    if (inVain < pace.window) return;
    inVain = 0;
    restUntil = at + restMs;
    restMs = Math.min(2 * restMs, LONGEST_REST_MS);
  };
  const put = async (at: number): Promise<void> => {
    allowance = Math.min(pace.burst, allowance + ((at - lastAt) * pace.perSecond) / 1000);
    lastAt = at;
    if (at < restUntil) return;
    const next = waiting.slice(0, Math.max(0, Math.min(Math.floor(allowance), pace.window - open.length)));
    waiting = waiting.slice(next.length);
    allowance -= next.length;
    open.push(...next.map((pending) => ({ pending, at })));
    await Promise.all(next.map(ask));
  };
  return {
    get open() {
      return open.length;
    },
    get waiting() {
      return waiting.length;
    },
    offer(pendings) {
      waiting.push(...pendings);
    },
    async tick() {
      const answers = await look(now().getTime());
      await put(now().getTime());
      return answers;
    },
  };
}
