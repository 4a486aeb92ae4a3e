import { EditRefused, editOf, type Review } from '../../shared/acts/review.ts';
import { readReview } from '../../shared/acts/reviews-table.ts';
import { type Call, Misuse, NOT_DONE, show, signatureOf, tell } from './call.ts';
import { type Answer, answer, openReviews } from './reviews.ts';

/** An id is to be copied, and must stand on one line. */
const ID_WIDTH = 64;

/** `reviews`: what waits for a person. It may show a summary, which is about a guest. */
export async function reviews(call: Call): Promise<number> {
  const { company } = call.values;
  const open = await openReviews(call.stage);
  const rows = open
    .filter((review) => company === undefined || review.company === company)
    .map(({ proposal, ...review }) => ({ ...review, proposal: call.values.json ? proposal : describe(proposal) }));
  return show(
    call,
    rows,
    ['id', 'company', 'action', 'state', 'madeAt', 'proposal'],
    'Nothing waits for a person.',
    ID_WIDTH,
  );
}

/** In a person's words: `score: 72; because: party of 24 (+20)`. */
function describe(proposal: Review['proposal']): string {
  return Object.entries(proposal)
    .filter(([, value]) => value !== null && value !== '')
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

export async function approve(call: Call): Promise<number> {
  return await say(call, 'approve', async () => ({ state: 'approved' }));
}

export async function reject(call: Call): Promise<number> {
  return await say(call, 'reject', async () => ({ state: 'rejected' }));
}

export async function edit(call: Call): Promise<number> {
  return await say(call, 'edit', async (id) => {
    const { value } = call.values;
    if (value === undefined) throw new Misuse('edit needs --value with what is to stand there instead.');
    const review = await readReview(call.stage.dynamo, call.stage.tables.operations, id);
    if (review === undefined) return undefined;
    try {
      return { state: 'edited', edited: editOf(review.action, value) };
    } catch (error) {
      if (error instanceof EditRefused) throw new Misuse(error.message);
      throw error;
    }
  });
}

async function say(
  call: Call,
  name: 'approve' | 'edit' | 'reject',
  answerTo: (id: string) => Promise<Answer | undefined>,
): Promise<number> {
  const id = call.argument;
  if (id === undefined) throw new Misuse(`${name} needs a review: "npm run ops -- reviews" lists them.`);
  const given = await answerTo(id);
  const signed = { by: signatureOf(call.values), now: new Date() };
  const outcome = given === undefined ? ({ kind: 'unknown' } as const) : await answer(call.stage, id, given, signed);
  if (outcome.kind === 'unknown') {
    call.complain(`There is no review ${id}: "npm run ops -- reviews" lists them.\n`);
    return NOT_DONE;
  }
  const { review } = outcome;
  if (outcome.kind === 'refused') {
    call.complain(`Too late: it is ${stateOf(review)}.\n`);
    return NOT_DONE;
  }
  return tell(call, { kind: outcome.kind, ...review }, textOf(outcome.kind, review));
}

function textOf(kind: 'answered' | 'before', review: Review): string {
  const { action, uuid, state } = review;
  const soon = state === 'approved' || state === 'edited' ? ' It is written in a moment.' : '';
  const what = `The ${action} of booking ${uuid}`;
  return kind === 'before' ? `${what} was ${stateOf(review)} before.${soon}` : `${what} is ${state}.${soon}`;
}

function stateOf({ state, by, at }: Review): string {
  const who = state === 'superseded' || by === undefined ? '' : ` by ${by}`;
  return `${state}${who}${at === undefined ? '' : ` at ${at}`}`;
}
