import type { CatalogueEntry } from '../../../shared/settings/settings.ts';
import { type Signals, signalsSchema } from '../../../shared/understanding/understanding.ts';
import type { Features } from './features.ts';
import { fold } from './folding.ts';
import type { GuestWords, Said } from './guest-words.ts';
import { mentions } from './interests.ts';
import {
  ACCESSIBILITY,
  ASKS_ACCESS,
  ASKS_DIET,
  COMPLAINT,
  DIETARY,
  DIETARY_OTHER,
  type Entry,
  GROUP_KINDS,
  LANGUAGE_WORDS,
  OCCASIONS,
  TAKEN_BACK_AFTER,
  TAKEN_BACK_BEFORE,
  URGENT,
} from './lexicon.ts';

export interface KeywordContext {
  readonly features: Features;
  readonly catalogue: readonly CatalogueEntry[];
  /** The language FareHarbor has for the guest, where the text tells none. */
  readonly contactLanguage: string | null;
}

/**
 * The signals by keywords alone: what Harborlight knows when no model reads. A word that its clause takes back
 * ("no allergies", "sin alergias") does not count; a yes to a question says the question's words.
 */
export function keywordSignals(words: GuestWords, context: KeywordContext): Signals {
  const text = [fold(words.note), ...words.answers.map(spoken)].join('\n');
  const dietary = allOf(DIETARY, text);
  return {
    occasion: firstOf(OCCASIONS, text) ?? 'none',
    groupKind: firstOf(GROUP_KINDS, text) ?? groupKindOf(context.features),
    dietary: dietary.length === 0 && says(text, DIETARY_OTHER) ? ['other'] : dietary,
    accessibility: accessibilityOf(text, words.answers),
    complaint: says(text, COMPLAINT),
    urgency: says(text, URGENT) ? 'high' : 'normal',
    language: languageOf(
      `${words.note}\n${words.answers.map(({ answer }) => answer).join('\n')}`,
      context.contactLanguage,
    ),
    upsellAffinity: context.catalogue
      .filter(({ name, interests }) => [name, ...interests].some((interest) => mentions(text, interest)))
      .map(({ id }) => id),
  };
}

/** What an answer says, folded. To a question about food, a food alone is an allergy. */
function spoken({ question, answer, yes }: Said): string {
  const asked = fold(question);
  if (yes) return asked;
  return ASKS_DIET.test(asked) ? `allergy: ${fold(answer)}` : fold(answer);
}

function accessibilityOf(text: string, answers: readonly Said[]): Signals['accessibility'] {
  const found = allOf(ACCESSIBILITY, text);
  const named = found.filter((need) => need !== 'other');
  if (named.length > 0) return named;
  const answered = answers.some(({ question, yes }) => !yes && ASKS_ACCESS.test(fold(question)));
  return answered || found.length > 0 ? ['other'] : [];
}

function groupKindOf({ corporateEmail, partySize, children }: Features): Signals['groupKind'] {
  if (corporateEmail && partySize >= 6) return 'corporate';
  return children > 0 && partySize > children ? 'family' : 'unknown';
}

function firstOf<Value extends string>(entries: readonly Entry<Value>[], text: string): Value | undefined {
  return entries.find(([, pattern]) => says(text, pattern))?.[0];
}

function allOf<Value extends string>(entries: readonly Entry<Value>[], text: string): Value[] {
  return entries.filter(([, pattern]) => says(text, pattern)).map(([value]) => value);
}

/** Whether the pattern is found at least once where its clause does not take it back. */
function says(text: string, pattern: RegExp): boolean {
  for (const { 0: found, index } of text.matchAll(new RegExp(pattern, 'g'))) {
    const before = text.slice(Math.max(0, index - 40), index);
    const after = text.slice(index + found.length, index + found.length + 20);
    if (!TAKEN_BACK_BEFORE.test(before) && !TAKEN_BACK_AFTER.test(after)) return true;
  }
  return false;
}

/** By script, else by the most small words (at least two), else the language FareHarbor has. */
function languageOf(written: string, contactLanguage: string | null): Signals['language'] {
  if (/[\u3040-\u30ff]/.test(written)) return 'ja';
  if (/\p{Script=Hangul}/u.test(written)) return 'ko';
  if (/\p{Script=Han}/u.test(written)) return 'zh';
  const folded = fold(written);
  const counted = LANGUAGE_WORDS.map(([language, words]) => ({ language, hits: folded.match(words)?.length ?? 0 }));
  const best = counted.reduce((one, other) => (other.hits > one.hits ? other : one));
  if (best.hits >= 2) return best.language;
  const known = signalsSchema.shape.language.safeParse(contactLanguage?.slice(0, 2).toLowerCase());
  return known.success ? known.data : 'unknown';
}
