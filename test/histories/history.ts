import * as fc from 'fast-check';
import { type BodyType, bodyTypes } from '../vendors/fareharbor/body.ts';

/** Addresses that guests of a history may have. */
const MAILBOXES = 3;
const PHONES = 2;

/** What happens at FareHarbor or, for `unsubscribe`, at Mailchimp. What makes no sense at its moment does not happen. */
export type Deed =
  | { readonly do: 'book'; readonly guest: Guest; readonly consent: boolean; readonly party: number }
  | { readonly do: 'rebook'; readonly booking: number; readonly days: number; readonly mailbox: number | null }
  | { readonly do: 'pay' | 'refund'; readonly booking: number; readonly percent: number }
  | { readonly do: 'cancel' | 'reinstate' | 'remind'; readonly booking: number }
  | { readonly do: 'party'; readonly booking: number; readonly party: number }
  | { readonly do: 'move'; readonly booking: number; readonly days: number }
  | { readonly do: 'correct'; readonly booking: number; readonly mailbox: number }
  | { readonly do: 'consent'; readonly booking: number; readonly consent: boolean }
  | { readonly do: 'write'; readonly booking: number; readonly note: keyof typeof NOTES }
  | { readonly do: 'unsubscribe'; readonly mailbox: number };

/** By what a guest is reached: one of a few mailboxes, so that bookings meet, or only one of a few phones. */
export type Guest = { readonly mailbox: number } | { readonly phone: number };

/** What guests write: nothing, something that asks nothing of anybody, and two complaints. */
export const NOTES = {
  none: '',
  praise: 'Looking forward to it!',
  complaint: 'I want to complain about the guide of our last tour.',
  another: 'Very disappointed, nobody answers the phone.',
} as const;

/** A deed and what becomes of the webhooks it causes. */
export interface Step {
  /** Seconds since the step before. */
  readonly after: number;
  readonly deed: Deed;
  /** Seconds that each copy of the webhook takes: none for a dropped one, several for a duplicated one. */
  readonly copies: readonly number[];
  /** For a rebooking: seconds by which the old booking's webhook comes after the new one's (negative: before). */
  readonly swap: number;
}

export type FaultKind =
  /** No answer until we give up, its work undone. */
  | 'hang'
  /** The same, its work done. */
  | 'late'
  | '429'
  | '500'
  | '503'
  | 'commit-then-drop'
  /** The same, for a call that has no key to repeat it by: a journey event. */
  | 'event-then-drop'
  | 'session-expired'
  /** For a while no session is taken, new ones neither: for a person to look at, who then repairs what was parked. */
  | 'locked-out'
  | 'lock'
  | 'request-limit'
  | '403';

export interface ScriptedFault {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly vendor: 'salesforce' | 'mailchimp' | 'fareharbor';
  readonly kind: FaultKind;
  readonly times: number;
}

export interface History {
  readonly apiAccess: boolean;
  readonly bodyType: BodyType;
  readonly steps: readonly Step[];
  readonly faults: readonly ScriptedFault[];
  /** Every duration and every lost deletion follows from it. */
  readonly dice: number;
  /** Of 100 batches that were done, how many are given out again. */
  readonly lostDeletions: number;
  /** How many calls FareHarbor allows. */
  readonly budget: 'ample' | 'scarce';
}

const guest: fc.Arbitrary<Guest> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ mailbox: fc.nat(MAILBOXES - 1) }) },
  { weight: 1, arbitrary: fc.record({ phone: fc.nat(PHONES - 1) }) },
);
const mailbox = fc.nat(MAILBOXES - 1);
/** Which of the bookings there are, counted round. */
const booking = fc.nat(5);
const party = fc.integer({ min: 1, max: 4 });
const days = fc.integer({ min: 1, max: 60 });
const percent = fc.constantFrom(100, 50, 20);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('book' as const), guest, consent: fc.boolean(), party }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('rebook' as const),
      booking,
      days,
      mailbox: fc.option(mailbox, { freq: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('pay' as const, 'refund' as const), booking, percent }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('cancel' as const, 'reinstate' as const, 'remind' as const, 'cancel' as const),
      booking,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('party' as const), booking, party }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), booking, days }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('correct' as const), booking, mailbox }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('consent' as const), booking, consent: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      booking,
      note: fc.constantFrom('none' as const, 'praise' as const, 'complaint' as const, 'another' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), mailbox }) },
);

const delay = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(200) });

const step: fc.Arbitrary<Step> = fc.record({
  after: fc.oneof(fc.constant(0), fc.nat(2), fc.nat(90)),
  deed,
  copies: fc.oneof(
    { weight: 6, arbitrary: fc.array(delay, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(delay, { minLength: 2, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
  swap: fc.integer({ min: -20, max: 20 }),
});

/** A booking rebooked twice to begin with: seldom drawn otherwise, and told of in every order. */
const twiceRebooked: fc.Arbitrary<Step[]> = fc.tuple(
  ...[
    fc.record({ do: fc.constant('book' as const), guest, consent: fc.boolean(), party }),
    ...[0, 1].map((of) =>
      fc.record({
        do: fc.constant('rebook' as const),
        booking: fc.constant(of),
        days,
        mailbox: fc.option(mailbox, { freq: 3 }),
      }),
    ),
  ].map((own) => fc.tuple(step, own).map(([drawn, its]): Step => ({ ...drawn, deed: its }))),
);
const steps = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: fc.constant<Step[]>([]) }, { weight: 1, arbitrary: twiceRebooked }),
    fc.array(step, { minLength: 1, maxLength: 14, size: 'max' }),
  )
  .map((parts) => parts.flat());

const at = fc.nat(300);
const times = fc.integer({ min: 1, max: 3 });
const everywhere = ['429', '500', '503', 'commit-then-drop', 'hang', 'late'] as const;
const fault: fc.Arbitrary<ScriptedFault> = fc.oneof(
  fc.record({
    at,
    vendor: fc.constant('salesforce' as const),
    kind: fc.constantFrom(...everywhere, 'lock' as const, 'request-limit' as const),
    times,
  }),
  fc.record({
    at,
    vendor: fc.constant('salesforce' as const),
    kind: fc.constantFrom('session-expired' as const, 'locked-out' as const),
    times: fc.constant(1),
  }),
  fc.record({
    at,
    vendor: fc.constant('mailchimp' as const),
    kind: fc.constantFrom(...everywhere, '403' as const, 'event-then-drop' as const),
    times,
  }),
  fc.record({
    at,
    vendor: fc.constant('fareharbor' as const),
    kind: fc.constantFrom(...everywhere, '403' as const),
    times,
  }),
);

/** Where FareHarbor can be asked, its webhooks carry payments as its answers do: set-up, see the README. */
function asSetUp(history: History): History {
  const [withPayments] = bodyTypes.filter((type) => type === `${history.bodyType.split('-')[0]}-with-payments`);
  return history.apiAccess && withPayments !== undefined ? { ...history, bodyType: withPayments } : history;
}

/** Random histories. They shrink to the fewest steps that still show a violation. */
export const histories: fc.Arbitrary<History> = fc
  .record({
    apiAccess: fc.boolean(),
    bodyType: fc.constantFrom(...bodyTypes),
    steps,
    faults: fc.array(fault, { maxLength: 6, size: 'max' }),
    dice: fc.nat(1_000_000),
    lostDeletions: fc.constantFrom(0, 0, 5, 20),
    budget: fc.constantFrom('ample' as const, 'ample' as const, 'scarce' as const),
  })
  .map(asSetUp);
