import { type MeteredStack, startMeteredStack } from '../../infra/cost/measure/metered-stack.ts';
import { observer } from '../../infra/cost/measure/observer.ts';
import { costScene, type ToSend } from '../../infra/cost/measure/scene.ts';
import { KINDS, type Kind } from '../../infra/cost/measured.ts';

const SEED = 1;
/** Calls in a hundred webhooks from which a call is worth a line. */
const WORTH_TELLING = 2;

/**
 * Sends the sample bookings' webhooks one at a time, and prints every call that each kind of them leads to: who makes it,
 * and how many a webhook. A batch of one is where nothing can be done together: under load there are fewer.
 */
export async function benchCalls(assembly: string, directory: string, say: (text: string) => void): Promise<boolean> {
  const stack = await startMeteredStack(assembly, directory);
  try {
    const observe = observer(stack);
    const { vendor } = stack.vendors.fareharbor;
    say('warming up');
    for (const webhook of costScene(vendor, { rounds: 1, seed: SEED + 1, now: Date.now() }).slice(0, 60)) {
      await observe(() => deliver(stack, webhook));
    }
    const scene = costScene(vendor, { rounds: 1, seed: SEED, now: Date.now() });
    say(`counting the calls of ${scene.length} webhooks`);
    const webhooks = new Map<Kind, number>();
    const counts = new Map<string, Map<Kind, number>>();
    for (const webhook of scene) {
      const { calls } = await observe(() => deliver(stack, webhook));
      const { kind } = webhook;
      webhooks.set(kind, (webhooks.get(kind) ?? 0) + 1);
      for (const { service, what } of calls) add(counts, `${service}\t${what}`, kind);
    }
    console.log(drawn(counts, webhooks));
    return true;
  } finally {
    await stack.close();
  }
}

function add(counts: Map<string, Map<Kind, number>>, call: string, kind: Kind): void {
  const kinds = counts.get(call) ?? new Map<Kind, number>();
  counts.set(call, kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
}

async function deliver(stack: MeteredStack, { body }: ToSend): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(stack.webhookUrl, { method: 'POST', headers, body: body() });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`a webhook was answered ${response.status}`);
}

function drawn(counts: ReadonlyMap<string, ReadonlyMap<Kind, number>>, webhooks: ReadonlyMap<Kind, number>): string {
  const share = (kinds: ReadonlyMap<Kind, number>, kind: Kind) => (kinds.get(kind) ?? 0) / (webhooks.get(kind) ?? 1);
  const figure = (value: number) => (value === 0 ? '' : value.toFixed(2));
  const rows = [...counts]
    .filter(([, kinds]) => KINDS.some((kind) => share(kinds, kind) * 100 >= WORTH_TELLING))
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([call, kinds]) => [...call.split('\t'), ...KINDS.map((kind) => figure(share(kinds, kind)))]);
  const sums = KINDS.map((kind) => figure([...counts.values()].reduce((sum, kinds) => sum + share(kinds, kind), 0)));
  return aligned([['function', 'call', ...KINDS], ...rows, ['all', '', ...sums]]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
