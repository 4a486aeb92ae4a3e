import type { History } from './history.ts';
import { play } from './play.ts';
import { violationsOf } from './violations.ts';
import type { OpenWorld } from './world.ts';

/** Plays a history and compares its end with the model. @throws Error that lists every violation. */
export async function holds(history: History, open: OpenWorld): Promise<void> {
  const world = await play(history, open);
  const found = await violationsOf(world);
  if (found.length > 0) throw new Error(found.join('\n'));
}
