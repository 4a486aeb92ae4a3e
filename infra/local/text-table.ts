/** A column: its heading and how wide its text may get before it is wrapped. */
export interface Column {
  readonly heading: string;
  readonly width: number;
}

const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;
const INVISIBLE = /^[\p{Mark}\p{Format}]+$/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal: emoji and East Asian characters take two, marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (!INVISIBLE.test(segment)) width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/**
 * Draws a table with lines around its cells. A cell may hold several lines; what is wider than its column is wrapped
 * between words, and a column is no wider than it has to be.
 */
export function drawTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const wrapped = rows.map((row) => columns.map(({ width }, index) => wrap(row[index] ?? '', width)));
  const widths = columns.map(({ heading }, index) =>
    Math.max(displayWidth(heading), ...wrapped.flatMap((row) => (row[index] ?? []).map(displayWidth))),
  );
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
  const line = (cells: readonly string[]): string =>
    `│${widths.map((width, index) => ` ${pad(cells[index] ?? '', width)} `).join('│')}│`;
  const drawn = wrapped.map((row) => {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, at) => line(row.map((cell) => cell[at] ?? ''))).join('\n');
  });
  return [
    rule('┌', '┬', '┐'),
    line(columns.map(({ heading }) => heading)),
    rule('├', '┼', '┤'),
    drawn.join(`\n${rule('├', '┼', '┤')}\n`),
    rule('└', '┴', '┘'),
  ].join('\n');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

function wrap(cell: string, width: number): string[] {
  return cell.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ').flatMap((one) => breakWord(one, width))) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (displayWidth(longer) <= width) {
      current = longer;
    } else {
      lines.push(current);
      current = word;
    }
  }
  return [...lines, current];
}

/** A word that no line can hold is cut. */
function breakWord(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const parts = [''];
  for (const { segment } of segmenter.segment(word)) {
    const last = parts.at(-1) ?? '';
    if (displayWidth(last + segment) <= width) parts[parts.length - 1] = last + segment;
    else parts.push(segment);
  }
  return parts;
}
