import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import { errorFacts, type Log, type Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { RulesReason, Signals, Understanding } from '../../../shared/understanding/understanding.ts';
import { actedUpon, suggestionOf } from './acted-upon.ts';
import { cleanSummary } from './clean-summary.ts';
import { type Features, featuresOf } from './features.ts';
import { type GuestWords, wordsOf } from './guest-words.ts';
import { interestsOf } from './interests.ts';
import { keywordSignals } from './keyword-signals.ts';
import { scoreLead } from './lead-score.ts';
import { askModel, type ModelAccess, type ModelAnswer, type ReadModelAccess } from './model.ts';
import { type FormAnswer, inputHash, modelInput } from './prompt.ts';
import { redactorFor } from './redact.ts';
import { churnRiskOf, segmentOf } from './segment.ts';
import { recommend } from './upsell.ts';

export interface UnderstandInput {
  readonly booking: Booking;
  /** The guest's history, this booking included. */
  readonly profile: GuestProfile;
  /** What was understood of the booking's last version. */
  readonly previous: Understanding | undefined;
  readonly settings: CompanySettings;
  readonly now: Date;
  /** ISO instant the booking was made or first seen. */
  readonly bookedAt: string;
}

export interface UnderstandDeps {
  readonly readModel: ReadModelAccess;
  readonly log: Log;
  readonly meter: Meter;
}

/** What was read in the guest's words, by whom, and how. */
type Reading = Pick<Understanding, 'mode' | 'rulesReason' | 'signals' | 'summary' | 'lineage'>;

/**
 * Understands a booking: score, segment, risk, interests and recommendation by code from neutral features; signals from
 * the guest's words by the model, or by keywords where there is no model, no key, or no usable answer in time.
 * Whatever a model answers moves the score within its clamp and is told in the summary; all else is as by keywords.
 *
 * Never throws, and takes no longer than the model's timeout. The same words are not sent to the same model twice.
 */
export async function understand(input: UnderstandInput, deps: UnderstandDeps): Promise<Understanding> {
  const { booking, profile, settings, now, bookedAt } = input;
  const features = featuresOf(booking, profile, bookedAt);
  const words = wordsOf(booking);
  const plain = keywordSignals(words, {
    features,
    catalogue: settings.catalogue,
    contactLanguage: booking.contact.language,
  });
  const reading = await read(input, { features, words, plain }, deps);
  const { signals } = reading;
  const standing = { booking, profile, features, settings, now };
  const interests = interestsOf(booking, profile, settings.catalogue);
  return {
    ...reading,
    leadScore: scoreLead(features, { signals, plain, written: words.free }, settings),
    segment: segmentOf(standing),
    churnRisk: churnRiskOf(standing),
    interests,
    upsell: recommend(settings.catalogue, { booking, profile, features, interests, now }),
  };
}

interface Material {
  readonly features: Features;
  readonly words: GuestWords;
  /** What the keywords find in the words. */
  readonly plain: Signals;
}

async function read(input: UnderstandInput, material: Material, deps: UnderstandDeps): Promise<Reading> {
  const { booking, settings } = input;
  const byRules = (rulesReason: RulesReason, lineage: Understanding['lineage'] = null): Reading => ({
    mode: 'rules',
    rulesReason,
    signals: material.plain,
    summary: null,
    lineage,
  });
  if (!material.words.free) return byRules('nothing-to-read');
  if (!settings.model.enabled) return byRules('switched-off');
  const access = await accessFor(booking, deps);
  if (access === undefined) return byRules('no-key');
  if (access === 'unreadable') return byRules('outage');
  const answer = await answerFor(input, material, access);
  if (answer === 'unredactable') return byRules(withheld(booking, deps));
  if (answer === 'known' && input.previous?.mode === 'model') return kept(input.previous, material);
  if (answer === 'known') return byRules(input.previous?.rulesReason ?? 'outage', input.previous?.lineage ?? null);
  report(booking, answer, deps);
  return answer.mode === 'model'
    ? byModel(answer, material, settings.catalogue)
    : byRules(answer.reason, answer.lineage);
}

async function accessFor(booking: Booking, { readModel, log, meter }: UnderstandDeps) {
  try {
    return await readModel(booking.company.shortname);
  } catch (error) {
    meter.count(METRIC.modelFallback);
    log.warn('model.secret-unreadable', { uuid: booking.uuid, ...errorFacts(error) });
    return 'unreadable' as const;
  }
}

/** Counts and tells of words that no model was shown, because what is personal in them could not be taken out. */
function withheld({ uuid }: Booking, { log, meter }: UnderstandDeps): RulesReason {
  meter.count(METRIC.modelFallback);
  log.warn('model.withheld', { uuid });
  return 'unredactable';
}

/**
 * The model's answer; `known` where it has been paid for already, whether it was of use or not; `unredactable` where
 * it must not be asked.
 */
async function answerFor(
  { booking, previous, settings }: UnderstandInput,
  { features, words }: Material,
  access: ModelAccess,
): Promise<ModelAnswer | 'known' | 'unredactable'> {
  const { catalogue } = settings;
  const redact = redactorFor(booking, words);
  if (redact === undefined) return 'unredactable';
  const asked = modelInput(booking, words, { features, catalogue, redact });
  const model = access.model ?? settings.model.name;
  if (previous?.lineage?.inputHash === inputHash(model, asked)) return 'known';
  return await askModel(asked, access, { model, timeoutMs: settings.model.timeoutMs });
}

function report({ uuid }: Booking, answer: ModelAnswer, { log, meter }: UnderstandDeps): void {
  if (answer.mode === 'rules') {
    meter.count(METRIC.modelFallback);
    log.warn('model.fallback', { uuid, reason: answer.reason, status: answer.status });
    return;
  }
  const { model, promptVersion, inputTokens, cachedTokens, outputTokens } = answer.lineage;
  log.info('model.read', { uuid, model, promptVersion, inputTokens, cachedTokens, outputTokens });
}

function kept({ signals, summary, lineage }: Understanding, { plain }: Material): Reading {
  return { mode: 'model', rulesReason: null, signals: actedUpon(signals, plain), summary, lineage };
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
