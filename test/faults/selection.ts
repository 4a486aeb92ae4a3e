import { createHash } from 'node:crypto';

/** Picks `count` of the things, spread over all of them; the same ones for the same seed. */
export function pick<Thing>(things: readonly Thing[], count: number, seed: string): readonly Thing[] {
  const size = Math.max(1, things.length / count);
  const picked = new Set<number>();
  for (let stretch = 0; stretch < Math.min(count, things.length); stretch += 1) {
    const hash = createHash('sha256').update(`${seed} ${stretch}`).digest().readUInt32BE(0) / 2 ** 32;
    picked.add(Math.min(things.length - 1, Math.floor((stretch + hash) * size)));
  }
  return things.filter((_, index) => picked.has(index));
}
