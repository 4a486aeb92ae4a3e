/** Bytes of UTF-8 that Mailchimp keeps of a text merge field; it cuts there, through a character if need be. */
export const FIELD_BYTES = 255;
/** No name or tour is longer; it bounds the work that a hostile text can cause. */
const LONGEST_TEXT = 2_000;

const MERGE_TAG = /\*\|.*?\|\*/gs;
const MERGE_MARK = /\*\||\|\*/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+/g;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Text safe to stand in a campaign: one line, no merge syntax, at most `bytes` bytes of UTF-8.
 *
 * Mailchimp runs `*|…|*` when it builds an e-mail, so a guest's name could run commands in the operator's campaign.
 * Taking one out can bring its halves together to another: it is repeated until none is left, loose marks included
 * (first and last name stand beside each other in an e-mail).
 */
export function cleanText(text: string, bytes: number = FIELD_BYTES): string {
  let cleaned = text.slice(0, LONGEST_TEXT).toWellFormed().replace(CONTROL, ' ');
  for (let before = ''; before !== cleaned; ) {
    before = cleaned;
    cleaned = cleaned.replace(MERGE_TAG, '');
    if (cleaned === before) cleaned = cleaned.replace(MERGE_MARK, '');
  }
  return clipBytes(cleaned.replace(/\s+/g, ' ').trim(), bytes).trimEnd();
}

/** The longest beginning that fits into so many bytes and ends where a character, as people see it, ends. */
export function clipBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let [end, used] = [0, 0];
  for (const { index, segment } of graphemes.segment(text)) {
    used += Buffer.byteLength(segment);
    if (used > bytes) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
