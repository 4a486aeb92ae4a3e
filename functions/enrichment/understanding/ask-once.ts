import { errorFacts, type Log } from '../../../shared/observability/logger.ts';
import type { HearCall } from '../../../shared/observability/vendor-calls.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { RulesReason, Understanding } from '../../../shared/understanding/understanding.ts';
import type { Reservation } from '../model-economy/budget.ts';
import type { ModelEconomy } from '../model-economy/economy.ts';
import type { Question } from '../model-economy/kept-answers.ts';
import { priceOf } from '../model-economy/prices.ts';
import { askModel, type ModelAccess, type ModelAnswer, mostMicroUsd, type NoAnswer } from './model.ts';
import { inputHash, type ModelInput } from './prompt.ts';

export interface WordsQuestion {
  readonly company: string;
  readonly uuid: string;
  readonly input: ModelInput;
  /** The caller looks again at a booking: it may repeat what brought no answer, and money of today is not all its. */
  readonly again: boolean;
}

/** How the model is asked. */
export interface Asking {
  readonly access: ModelAccess;
  readonly options: CompanySettings['model'];
  /** The lineage of the booking's last version. */
  readonly previous: Understanding['lineage'] | undefined;
}

export interface AskOnceDeps {
  readonly economy: ModelEconomy;
  readonly log: Log;
  /** Told of each call to the model. */
  readonly hear?: HearCall;
}

/**
 * The model's answer to an input that nobody has paid for yet, or the one that was paid for; `known` where the
 * booking's last version holds it. Rules answer where somebody is asking the same at the moment, where it was asked in
 * vain, and where the budget is spent. Never throws.
 */
export async function askOnce(
  question: WordsQuestion,
  asking: Asking,
  deps: AskOnceDeps,
): Promise<ModelAnswer | 'known'> {
  const { economy, log } = deps;
  const { company, uuid } = question;
  const model = asking.access.model ?? asking.options.name;
  const hash = inputHash(model, question.input);
  if (asking.previous?.inputHash === hash) return 'known';
  try {
    const claim = await economy.answers.claim({ company, hash, uuid }, question.again);
    if (claim.kind === 'asking') return unanswered('asked-before');
    if (claim.kind === 'failed') return unanswered(claim.reason);
    if (claim.kind === 'answered') return claim.own ? claim.answer : paidBefore(claim.answer);
    return await ask({ ...question, hash, token: claim.token, model }, asking, deps);
  } catch (error) {
    // Without the table nobody knows whether this was paid for; and without it nothing can be written either.
    log.warn('model.economy-unreadable', { uuid, ...errorFacts(error) });
    return unanswered('outage');
  }
}

interface Claimed extends WordsQuestion, Question {
  readonly token: string;
  readonly model: string;
}

/** Asks within the budget, and keeps what came of it for all who ask the same. */
async function ask(claimed: Claimed, { access, options }: Asking, deps: AskOnceDeps): Promise<ModelAnswer> {
  const { company, input, model, token, again } = claimed;
  const { answers, budget, rest } = deps.economy;
  const giveBack = async (reason: RulesReason): Promise<NoAnswer> => {
    await answers.fail(claimed, token, { reason, paid: false });
    return unanswered(reason);
  };
  if (rest.isResting(company)) return await giveBack('outage');
  const prices = priceOf(model, options.prices);
  const estimate = mostMicroUsd(input, { model, prices });
  const wanted = { estimate, dailyUsd: options.dailyBudgetUsd, share: again ? 'catch-up' : 'live' } as const;
  const reservation = await budget.reserve(company, wanted);
  if (reservation === undefined) return await giveBack('budget');
  const answer = await askModel(input, access, {
    model,
    api: options.api,
    timeoutMs: options.timeoutMs,
    prices,
    ...(deps.hear && { hear: deps.hear }),
  });
  rest.note(company, answer.lineage !== null);
  await note(claimed, answer, reservation, deps);
  return answer;
}

/** An answer that cannot be kept is used all the same: the booking's record holds it as well. */
async function note(
  claimed: Claimed,
  answer: ModelAnswer,
  reservation: Reservation,
  { economy, log }: AskOnceDeps,
): Promise<void> {
  const { answers } = economy;
  const kept =
    answer.lineage === null
      ? answers.fail(claimed, claimed.token, answer)
      : answers.keep(claimed, claimed.token, answer);
  // What nobody knows the cost of stays at the most that it can have been.
  const cost = answer.lineage === null ? (answer.paid ? null : 0) : answer.lineage.costMicroUsd;
  const settled = cost === null ? undefined : reservation.settle(cost);
  for (const outcome of await Promise.allSettled([kept, settled])) {
    if (outcome.status === 'fulfilled') continue;
    log.warn('model.answer-unkept', { uuid: claimed.uuid, ...errorFacts(outcome.reason) });
  }
}

function unanswered(reason: RulesReason): NoAnswer {
  return { mode: 'rules', reason, lineage: null, paid: false };
}

/** Costs nothing again. */
function paidBefore(answer: Exclude<ModelAnswer, NoAnswer>): ModelAnswer {
  return { ...answer, lineage: { ...answer.lineage, costMicroUsd: 0 } };
}
