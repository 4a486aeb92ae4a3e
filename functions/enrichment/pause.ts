import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds that the first pause takes at most; each next one twice as long. */
const FIRST_MS = 50;

/** Waits a random moment, so that those who were in each other's way are not so again. `tries`: how often it failed. */
export async function pause(tries: number): Promise<void> {
  await wait(Math.random() * FIRST_MS * 2 ** tries);
}
