/** Marks that Salesforce would act upon: a reference inside a composite request, and merge fields of its templates. */
const MERGE_OPENINGS = /@(?=\{)|\{(?=[!{])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u2028\u2029\ufeff]/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Text for a field of one line: control characters out, white space run together, merge openings broken. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ');
}

/** Text for a field of several lines: as cleanLine, but line breaks stay. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(CONTROL, '')
    .replace(LONE_SURROGATE, '')
    .replace(MERGE_OPENINGS, '$& ')
    .trim();
}

/**
 * Cuts text to a field's length, which Salesforce counts in UTF-16 units, at the edge of a character as people see
 * it: no half emoji, no letter without its accent. What was cut ends with an ellipsis.
 */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    if (index + segment.length > length - 1) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end).trimEnd()}…`;
}
