import { describe, expect, it } from 'vitest';
import { createProgress } from '../../infra/local/progress.ts';
import { displayWidth, drawTable } from '../../infra/local/text-table.ts';

describe('displayWidth', () => {
  it.each([
    ['plain', 5],
    ['🛶', 2],
    ['海辺', 4],
    ['é', 1],
    ['', 0],
  ])('of "%s" is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('drawTable', () => {
  it('wraps between words, keeps lines, cuts what no line holds, and keeps its borders straight', () => {
    const columns = [
      { heading: 'Who', width: 8 },
      { heading: 'What', width: 20 },
    ];
    const drawn = drawTable(columns, [
      ['Mara 🛶 Keahi', 'one\ntwo'],
      ['海辺', 'a-word-that-is-far-too-long'],
    ]);
    expect(drawn.split('\n')).toEqual([
      '┌─────────┬──────────────────────┐',
      '│ Who     │ What                 │',
      '├─────────┼──────────────────────┤',
      '│ Mara 🛶 │ one                  │',
      '│ Keahi   │ two                  │',
      '├─────────┼──────────────────────┤',
      '│ 海辺    │ a-word-that-is-far-t │',
      '│         │ oo-long              │',
      '└─────────┴──────────────────────┘',
    ]);
    expect(new Set(drawn.split('\n').map(displayWidth)).size).toBe(1);
  });
});

describe('progress', () => {
  const written = (isTTY: boolean, columns?: number): string => {
    let text = '';
    const progress = createProgress({ isTTY, columns, write: (part) => (text += part) });
    progress.step('starting functions');
    progress.done('up');
    return text;
  };

  it('is one changing line on a terminal, no wider than it', () => {
    expect(written(true, 12)).toBe('\r\u001B[K  starting\r\u001B[Kup\n');
    expect(written(true, 0)).toBe('\r\u001B[K  starting functions\r\u001B[Kup\n');
  });
  it('is plain lines elsewhere', () => {
    expect(written(false)).toBe('  starting functions\nup\n');
  });
});
