/** Where in a webhook's body somebody outside the operator can put words. */
export const PLACES = [
  'note',
  'answer',
  /** An answer of one customer of the party. */
  'customer answer',
  /** The title of a custom field: the operator's, but a reseller's system may bring its own. */
  'question',
  'name',
  'voucher',
] as const;
export type Place = (typeof PLACES)[number];

export const LANGUAGES = ['en', 'es', 'fr', 'de', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A Case that plain words ask for, whoever reads them. */
export type PlainCase = 'complaint' | 'accessibility';

/** What somebody wrote where, and the Case that a person would open for it, if any. */
export type Written = readonly [place: Place, language: Language, text: string, opens?: PlainCase];
