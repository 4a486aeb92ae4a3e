import { cleanLine } from '../fields/clean-text.ts';

export interface PersonName {
  readonly first: string | null;
  /** Salesforce demands one; null where FareHarbor has no name at all. */
  readonly last: string | null;
}

/**
 * Splits FareHarbor's one-string name: "Ana de la Cruz" → Ana / de la Cruz, "Cruz, Ana" → Ana / Cruz, a single word
 * is the last name. Parts that only fill a blank ("-", ".", "?") say nothing and are left out.
 */
export function splitName(whole: string): PersonName {
  const [beforeComma = '', ...afterComma] = cleanLine(whole).split(',').map(words);
  const rest = afterComma.flat();
  if (beforeComma.length > 0 && rest.length > 0) return { first: rest.join(' '), last: [...beforeComma].join(' ') };
  const [first, ...others] = [...beforeComma, ...rest];
  if (first === undefined) return { first: null, last: null };
  return others.length === 0 ? { first: null, last: first } : { first, last: others.join(' ') };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '' && !/^[-–—._*?]+$/.test(word));
}
