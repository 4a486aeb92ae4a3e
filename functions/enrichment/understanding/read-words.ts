import type { Booking } from '../../../shared/booking/booking.ts';
import { errorFacts, type Log, type Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import type { HearCall } from '../../../shared/observability/vendor-calls.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { RulesReason, Signals, Understanding } from '../../../shared/understanding/understanding.ts';
import type { ModelEconomy } from '../model-economy/economy.ts';
import { actedUpon, suggestionOf } from './acted-upon.ts';
import { askOnce } from './ask-once.ts';
import { cleanSummary } from './clean-summary.ts';
import type { Features } from './features.ts';
import type { GuestWords } from './guest-words.ts';
import type { ModelAnswer, ReadModelAccess } from './model.ts';
import { type FormAnswer, modelInput } from './prompt.ts';
import { redactorFor } from './redact.ts';

/** Whose words are read, and by which settings. */
export interface WordsInput {
  readonly booking: Booking;
  /** What was understood of the booking's last version. */
  readonly previous: Understanding | undefined;
  readonly settings: CompanySettings;
  /** Nothing happened to the booking; it is looked at again. */
  readonly again?: boolean;
}

export interface ReadWordsDeps {
  readonly readModel: ReadModelAccess;
  readonly economy: ModelEconomy;
  readonly log: Log;
  readonly meter: Meter;
  /** Told of each call to the model. */
  readonly hear?: HearCall;
}

/** What was read in the guest's words, by whom, and how. */
export type Reading = Pick<Understanding, 'mode' | 'rulesReason' | 'signals' | 'summary' | 'lineage'>;

/** What there is to read. */
export interface Material {
  readonly features: Features;
  readonly words: GuestWords;
  /** What the keywords find in the words. */
  readonly plain: Signals;
}

/**
 * Reads the guest's words: by the model, or by keywords where there is no model, no key, no money left, or no usable
 * answer in time. Never throws, and takes no longer than the model's timeout. The same input is paid for once, whoever
 * asks.
 */
export async function readWords(input: WordsInput, material: Material, deps: ReadWordsDeps): Promise<Reading> {
  const { booking, settings } = input;
  const { model: options, catalogue } = settings;
  const byRules = (rulesReason: RulesReason, lineage: Understanding['lineage'] = null): Reading => {
    return { mode: 'rules', rulesReason, signals: material.plain, summary: null, lineage };
  };
  if (!material.words.free) return byRules('nothing-to-read');
  if (!options.enabled) return byRules('switched-off');
  const access = await accessFor(booking, deps);
  if (typeof access === 'string') return byRules(access);
  const redact = redactorFor(booking, material.words);
  if (redact === undefined) return byRules(withheld(booking, deps));
  const { features, words, plain } = material;
  const asked = modelInput(booking, words, { features, catalogue, redact, plain, freeText: options.freeText });
  const { company, uuid } = { company: booking.company.shortname, uuid: booking.uuid };
  const question = { company, uuid, input: asked, again: input.again === true };
  const answer = await askOnce(question, { access, options, previous: input.previous?.lineage }, deps);
  if (answer === 'known' && input.previous?.mode === 'model') return kept(input.previous, material);
  if (answer === 'known') return byRules(input.previous?.rulesReason ?? 'outage', unpaid(input.previous?.lineage));
  report(booking, answer, deps);
  return answer.mode === 'model' ? byModel(answer, material, catalogue) : byRules(answer.reason, answer.lineage);
}

/** How the company's model is reached, or why it is not asked. */
async function accessFor(booking: Booking, { readModel, log, meter }: ReadWordsDeps) {
  try {
    return (await readModel(booking.company.shortname)) ?? 'no-key';
  } catch (error) {
    meter.count(METRIC.modelWanted);
    meter.count(METRIC.modelFallback);
    log.warn('model.secret-unreadable', { uuid: booking.uuid, ...errorFacts(error) });
    return 'outage';
  }
}

/** Counts and tells of words that no model was shown, because what is personal in them could not be taken out. */
function withheld({ uuid }: Booking, { log, meter }: ReadWordsDeps): RulesReason {
  meter.count(METRIC.modelWanted);
  meter.count(METRIC.modelFallback);
  log.warn('model.withheld', { uuid });
  return 'unredactable';
}

function report({ uuid }: Booking, answer: ModelAnswer, { log, meter }: ReadWordsDeps): void {
  meter.count(METRIC.modelWanted);
  if (answer.mode === 'rules') {
    const status = answer.lineage === null ? answer.status : undefined;
    meter.count(METRIC.modelFallback);
    log.warn('model.fallback', { uuid, reason: answer.reason, status });
    return;
  }
  const { inputHash: _, ...asked } = answer.lineage;
  log.info('model.read', { uuid, ...asked });
}

/** What was paid for before costs nothing again: the sum over all versions is what was spent. */
function unpaid(lineage: Understanding['lineage'] | undefined): Understanding['lineage'] {
  return lineage ? { ...lineage, costMicroUsd: 0 } : null;
}

function kept({ signals, summary, lineage }: Understanding, { plain }: Material): Reading {
  return { mode: 'model', rulesReason: null, signals: actedUpon(signals, plain), summary, lineage: unpaid(lineage) };
}

function byModel(
  { answer, lineage }: Extract<ModelAnswer, { mode: 'model' }>,
  { plain }: Material,
  catalogue: CompanySettings['catalogue'],
): Reading {
  const read = signalsOf(answer, catalogue);
  const told = [cleanSummary(answer.summary), suggestionOf(read, plain, catalogue)].filter((text) => text !== null);
  const summary = told.join('\n') || null;
  return { mode: 'model', rulesReason: null, signals: actedUpon(read, plain), summary, lineage };
}

/** Each value once, and only what the operator sells: an empty catalogue is asked for with a stand-in id. */
function signalsOf({ summary: _, ...signals }: FormAnswer, catalogue: CompanySettings['catalogue']): Signals {
  return {
    ...signals,
    dietary: [...new Set(signals.dietary)],
    accessibility: [...new Set(signals.accessibility)],
    upsellAffinity: [...new Set(signals.upsellAffinity)].filter((wanted) => catalogue.some(({ id }) => id === wanted)),
  };
}
