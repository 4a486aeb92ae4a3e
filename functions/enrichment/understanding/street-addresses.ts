const BEFORE = '(?<![\\p{L}\\p{N}])';
const AFTER = '(?![\\p{L}\\p{N}])';
const WORD = "\\p{L}[\\p{L}'’.-]{0,30}";
const NAMED = "\\p{Lu}[\\p{L}'’.-]{0,30}";
const HOUSE = '\\d{1,5}(?:\\s?[a-zA-Z])?';

/** Ends of English streets that mean nothing else, and those that are words of their own unless with a capital. */
const CLEAR_ENDS = 'street|avenue|boulevard|blvd|road|highway|parkway';
const NAMED_ENDS = 'St|Ave|Rd|Dr|Drive|Ln|Lane|Ct|Court|Pl|Place|Way|Square|Terrace|Hwy';
/** What Spanish, French, Italian and Portuguese streets begin with. */
const BEGINNINGS =
  'calle|c/|avenida|avda\\.?|paseo|plaza|camino|carrer|rue|avenue|boulevard|chemin|quai|impasse|allée|via|viale|piazza|corso|rua|travessa';

/**
 * Street addresses with a number in them, as they are written in the languages that we read. What has no number (a
 * hotel's name, a village) says where a party stays but not who it is, and is what a crew wants to know.
 */
export const STREET_ADDRESSES: readonly RegExp[] = [
  new RegExp(`${BEFORE}${HOUSE}\\s+(?:[\\p{L}'’-]{1,30}\\s+){1,3}(?:${CLEAR_ENDS})${AFTER}`, 'giu'),
  new RegExp(`${BEFORE}${HOUSE}\\s+(?:${NAMED}\\s+){1,3}(?:${NAMED_ENDS})${AFTER}`, 'gu'),
  new RegExp(`${BEFORE}${HOUSE},?\\s+(?:(?:bis|ter),?\\s+)?(?:${BEGINNINGS})\\s+(?:${WORD}\\s*){1,5}`, 'giu'),
  new RegExp(
    `${BEFORE}(?:${BEGINNINGS})\\s+(?:${WORD}\\s+){0,4}${WORD}\\s*,?\\s*(?:n[º°o]\\.?\\s*)?${HOUSE}${AFTER}`,
    'giu',
  ),
  new RegExp(`${BEFORE}[\\p{L}-]{2,40}(?:straße|strasse|str\\.|gasse|allee|platz|weg|damm)\\s+${HOUSE}${AFTER}`, 'giu'),
  /〒\s?\d{3}-?\d{4}/gu,
  /\p{Script=Han}{2,4}[都道府県][\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,20}\d{1,4}(?:[-−丁目番地号の]{1,3}\d{1,4}){0,3}(?:号|番地)?/gu,
];
