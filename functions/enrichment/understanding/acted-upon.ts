import type { CatalogueEntry } from '../../../shared/settings/settings.ts';
import type { Signals } from '../../../shared/understanding/understanding.ts';

/** Tours named to staff at most: a model that asks for all of them asks for nothing. */
const MOST_NAMED = 3;

/**
 * The signals that may have an effect. What opens a Case or stands in a field of its own (complaint, accessibility,
 * language) is what code finds in the words: a stranger who wrote them could have written what the model says of them.
 * The rest is the model's, and only moves the score within its clamp.
 * @param read what the model says; `plain`: what the keywords find.
 */
export function actedUpon(read: Signals, plain: Signals): Signals {
  const { complaint, accessibility, language } = plain;
  return { ...read, complaint, accessibility, language };
}

/**
 * What the model alone has seen, in our own words, for a person to judge; null where the keywords say the same.
 * It goes with the summary and nowhere else.
 */
export function suggestionOf(read: Signals, plain: Signals, catalogue: readonly CatalogueEntry[]): string | null {
  const needs = read.accessibility.filter((need) => !plain.accessibility.includes(need));
  const wished = catalogue.filter(({ id }) => read.upsellAffinity.includes(id)).map(({ name }) => name);
  const seen = [
    ...(read.complaint && !plain.complaint ? ['a complaint'] : []),
    ...(needs.length > 0 ? [`accessibility (${needs.join(', ')})`] : []),
    ...(wished.length > 0 ? [`interest in ${wished.slice(0, MOST_NAMED).join(', ')}`] : []),
  ];
  return seen.length === 0 ? null : `Read by the model alone, please check: ${seen.join('; ')}.`;
}
