import { visible } from './folding.ts';
import { cut } from './guest-words.ts';

/** Characters of a summary that are kept: one paragraph. */
export const LONGEST_SUMMARY = 600;

const REMOVED = [
  // Mailchimp's merge syntax, whole or half.
  /\*\|[^|]{0,200}\|\*|\*\||\|\*/g,
  /<[^<>]{0,500}>/g,
  /[^\s:]{0,40}:\/\/\S*/g,
  /\b(?:mailto|javascript|data|tel):\S*/gi,
  /www\.\S*/gi,
  /\b(?:[\p{L}\p{N}-]{1,63}\.){1,8}(?:app|biz|co|com|de|dev|es|eu|fr|info|io|jp|link|ly|me|net|org|site|test|tv|uk|us|xyz)\b(?:\/\S*)?/giu,
];

/**
 * What a model wrote, fit to be shown to staff: one line of visible text without links, tags or merge syntax, at most
 * 600 characters; null where nothing is left.
 */
export function cleanSummary(written: string): string | null {
  let clean = cut(visible(written), LONGEST_SUMMARY * 4);
  for (let before = ''; before !== clean; ) {
    before = clean;
    // Taking one out, or cutting off the end, can bring another about.
    clean = REMOVED.reduce((text, pattern) => text.replace(pattern, ' '), clean);
    clean = cut(clean.replace(/\s+/gu, ' ').trim(), LONGEST_SUMMARY).trim();
  }
  return /[\p{L}\p{N}]/u.test(clean) ? clean : null;
}
