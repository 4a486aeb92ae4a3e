import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The input is not what the command takes: says where and what was expected, for a person. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

export interface CsvRow {
  /** Line of the file on which the row begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Csv {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * Reads a CSV file, packed by gzip or not, whatever it is called.
 * @throws BadInput when it cannot be read, is empty, or a row has not as many cells as the first.
 */
export function readCsv(path: string): Csv {
  return parseCsv(readText(path));
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new BadInput(`${path}: there is no such file, or it may not be read.`);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch {
    throw new BadInput(`${path}: it begins like a gzip file but cannot be unpacked; is it complete?`);
  }
}

/**
 * Splits CSV text into rows (RFC 4180: cells may be quoted, a quote inside is doubled). Empty lines are left out.
 * @throws BadInput naming the line.
 */
export function parseCsv(text: string): Csv {
  const [header, ...rows] = splitRows(text.replace(/^\uFEFF/, ''));
  if (header === undefined) throw new BadInput('The file is empty: its first line must name the columns.');
  for (const { line, cells } of rows) {
    if (cells.length !== header.cells.length) {
      throw new BadInput(`line ${line}: ${cells.length} cells, but the first line names ${header.cells.length}.`);
    }
  }
  return { header: header.cells.map((name) => name.trim()), rows };
}

function splitRows(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    let content = lines[at] ?? '';
    // A quoted cell may go over several lines.
    while (hasOpenQuote(content)) {
      at += 1;
      const next = lines[at];
      if (next === undefined) throw new BadInput(`line ${line}: a quote is opened and never closed.`);
      content += `\n${next}`;
    }
    if (content.trim() !== '')
      rows.push({ line, cells: content.includes('"') ? splitQuoted(content, line) : content.split(',') });
  }
  return rows;
}

const hasOpenQuote = (content: string): boolean => content.includes('"') && content.split('"').length % 2 === 0;

const CELL = /(?:"((?:[^"]|"")*)"|([^,"]*))(?:,|$)/gy;

function splitQuoted(content: string, line: number): string[] {
  const cells: string[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex <= content.length) {
    const match = CELL.exec(content);
    if (match === null) throw new BadInput(`line ${line}: a quoted cell is followed by something else than a comma.`);
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (!match[0].endsWith(',')) break;
  }
  return cells;
}
