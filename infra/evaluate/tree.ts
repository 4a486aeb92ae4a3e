import type { BinnedColumn } from './binning.ts';

export interface TreeSettings {
  readonly maxLeaves: number;
  readonly minLeafRows: number;
  /** Penalty on a leaf's answer, and the larger one where categories were put in order for the split. */
  readonly numberPenalty: number;
  readonly categoryPenalty: number;
}

/** Sums of a leaf's rows: gradient and curvature of the loss, and how many. */
interface Sums {
  readonly gradient: number;
  readonly curvature: number;
  readonly count: number;
}

interface Division {
  readonly gain: number;
  readonly column: BinnedColumn;
  /** 1 for each bin that goes left. */
  readonly left: Uint8Array;
}

export type Tree =
  | { readonly answer: number }
  | { readonly column: string; readonly left: Uint8Array; readonly yes: Tree; readonly no: Tree };

interface Leaf {
  readonly rows: Uint32Array;
  readonly sums: Sums;
  /** Per column and bin: sum of gradients, sum of curvatures, rows. Null where the leaf is too small to be divided. */
  readonly histograms: readonly Float64Array[] | null;
  readonly division: Division | undefined;
  yes?: Leaf;
  no?: Leaf;
}

export interface Loss {
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
}

interface Growing {
  readonly columns: readonly BinnedColumn[];
  readonly loss: Loss;
  readonly settings: TreeSettings;
}

/** Grows one regression tree on the loss's derivatives: always the leaf whose division helps most is divided next. */
export function growTree(
  columns: readonly BinnedColumn[],
  rows: Uint32Array,
  loss: Loss,
  settings: TreeSettings,
): Tree {
  const growing = { columns, loss, settings };
  const root = leafOf(growing, rows, countedHistograms(growing, rows));
  const open = [root];
  for (let leaves = 1; leaves < settings.maxLeaves; leaves++) {
    const best = open.reduce((a, b) => ((b.division?.gain ?? 0) > (a.division?.gain ?? 0) ? b : a));
    if (best.division === undefined) break;
    open.splice(open.indexOf(best), 1, ...divideLeaf(growing, best, best.division));
  }
  return treeOf(root, settings);
}

/** Counts the smaller part's histograms; the larger one's are what remains of the whole. */
function divideLeaf(growing: Growing, leaf: Leaf, { column, left }: Division): [Leaf, Leaf] {
  const [yes, no] = parted(leaf.rows, column.bins, left);
  const worthIt = Math.max(yes.length, no.length) >= 2 * growing.settings.minLeafRows;
  const counted = worthIt ? countedHistograms(growing, yes.length < no.length ? yes : no) : null;
  const rest = counted && leaf.histograms && remaining(leaf.histograms, counted);
  leaf.yes = leafOf(growing, yes, yes.length < no.length ? counted : rest);
  leaf.no = leafOf(growing, no, yes.length < no.length ? rest : counted);
  return [leaf.yes, leaf.no];
}

/** Plain loops here and below: with callbacks, these few lines were half of the time that an evaluation takes. */
function parted(rows: Uint32Array, bins: Uint16Array, left: Uint8Array): [Uint32Array, Uint32Array] {
  const yes = new Uint32Array(rows.length);
  const no = new Uint32Array(rows.length);
  let lefts = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    if (left[bins[row] ?? 0] === 1) yes[lefts++] = row;
    else no[at - lefts] = row;
  }
  return [yes.slice(0, lefts), no.slice(0, rows.length - lefts)];
}

function picked(values: Float64Array, rows: Uint32Array): Float64Array {
  const result = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) result[at] = values[rows[at] ?? 0] ?? 0;
  return result;
}

function countedHistograms({ columns, loss }: Growing, rows: Uint32Array): Float64Array[] {
  const gradients = picked(loss.gradients, rows);
  const curvatures = picked(loss.curvatures, rows);
  return columns.map(({ bins, binCount }) => {
    const histogram = new Float64Array(3 * binCount);
    for (let at = 0; at < rows.length; at++) {
      const place = 3 * (bins[rows[at] ?? 0] ?? 0);
      histogram[place] = (histogram[place] ?? 0) + (gradients[at] ?? 0);
      histogram[place + 1] = (histogram[place + 1] ?? 0) + (curvatures[at] ?? 0);
      histogram[place + 2] = (histogram[place + 2] ?? 0) + 1;
    }
    return histogram;
  });
}

const remaining = (whole: readonly Float64Array[], part: readonly Float64Array[]): Float64Array[] =>
  whole.map((histogram, column) => histogram.map((sum, at) => sum - (part[column]?.[at] ?? 0)));

function treeOf({ division, yes, no, sums }: Leaf, settings: TreeSettings): Tree {
  if (division === undefined || yes === undefined || no === undefined) {
    return { answer: -sums.gradient / (sums.curvature + settings.numberPenalty) };
  }
  return { column: division.column.name, left: division.left, yes: treeOf(yes, settings), no: treeOf(no, settings) };
}

function leafOf(
  { columns, loss, settings }: Growing,
  rows: Uint32Array,
  histograms: readonly Float64Array[] | null,
): Leaf {
  let gradient = 0;
  let curvature = 0;
  for (const row of rows) {
    gradient += loss.gradients[row] ?? 0;
    curvature += loss.curvatures[row] ?? 0;
  }
  const sums = { gradient, curvature, count: rows.length };
  let division: Division | undefined;
  if (histograms !== null && rows.length >= 2 * settings.minLeafRows) {
    for (const [at, column] of columns.entries()) {
      const found = divide(column, histograms[at] ?? new Float64Array(0), sums, settings);
      if (found !== undefined && found.gain > (division?.gain ?? LEAST_GAIN)) division = found;
    }
  }
  return { rows, sums, histograms, division };
}

const LEAST_GAIN = 1e-6;

/** The best division of a leaf by one column: the bins in order (numbers), or by their mean gradient (categories). */
function divide(
  column: BinnedColumn,
  histogram: Float64Array,
  whole: Sums,
  settings: TreeSettings,
): Division | undefined {
  const penalty = column.kind === 'number' ? settings.numberPenalty : settings.categoryPenalty;
  const worth = (g: number, h: number): number => (g * g) / (h + penalty);
  const before = worth(whole.gradient, whole.curvature);
  const order = orderOfBins(column, histogram, settings);
  let gradient = 0;
  let curvature = 0;
  let count = 0;
  let best = { gain: 0, bins: 0 };
  for (let at = 0; at < order.length - 1; at++) {
    const place = 3 * (order[at] ?? 0);
    gradient += histogram[place] ?? 0;
    curvature += histogram[place + 1] ?? 0;
    count += histogram[place + 2] ?? 0;
    if (count < settings.minLeafRows) continue;
    if (whole.count - count < settings.minLeafRows) break;
    const gain = worth(gradient, curvature) + worth(whole.gradient - gradient, whole.curvature - curvature) - before;
    if (gain > best.gain) best = { gain, bins: at + 1 };
  }
  if (best.bins === 0) return undefined;
  const left = new Uint8Array(column.binCount);
  for (const bin of order.slice(0, best.bins)) left[bin] = 1;
  return { gain: best.gain, column, left };
}

/** Smooths the mean gradient of a category by which a leaf puts it in order. */
const CATEGORY_SMOOTHING = 10;

function orderOfBins({ kind, binCount }: BinnedColumn, histogram: Float64Array, settings: TreeSettings): number[] {
  const bins = Array.from({ length: binCount }, (_, bin) => bin);
  if (kind === 'number') return bins;
  const mean = (bin: number): number =>
    (histogram[3 * bin] ?? 0) / ((histogram[3 * bin + 1] ?? 0) + CATEGORY_SMOOTHING);
  // Bins with hardly a row here go right with what is unknown: their place in the order would be chance.
  const few = Math.max(1, settings.minLeafRows / 4);
  const known = bins.filter((bin) => (histogram[3 * bin + 2] ?? 0) >= few);
  const rest = bins.filter((bin) => (histogram[3 * bin + 2] ?? 0) < few);
  return [...known.sort((a, b) => mean(a) - mean(b)), ...rest];
}

type BoundTree =
  | { readonly answer: number }
  | { readonly bins: Uint16Array; readonly left: Uint8Array; readonly yes: BoundTree; readonly no: BoundTree };

/** The tree with the bins of the rows it is to answer for, so that they are looked up once and not for each row. */
function bind(tree: Tree, columns: ReadonlyMap<string, BinnedColumn>): BoundTree {
  if ('answer' in tree) return tree;
  const bins = columns.get(tree.column)?.bins ?? new Uint16Array(0);
  return { bins, left: tree.left, yes: bind(tree.yes, columns), no: bind(tree.no, columns) };
}

/** Adds the tree's answers, times `rate`, to the log odds of all rows. */
export function addAnswers(
  tree: Tree,
  columns: ReadonlyMap<string, BinnedColumn>,
  rate: number,
  logOdds: Float64Array,
): void {
  const root = bind(tree, columns);
  for (let row = 0; row < logOdds.length; row++) {
    let node = root;
    while (!('answer' in node)) node = node.left[node.bins[row] ?? 0] === 1 ? node.yes : node.no;
    logOdds[row] = (logOdds[row] ?? 0) + rate * node.answer;
  }
}
