import { expect, it } from 'vitest';
import { inTurn } from '../../../functions/reconcile/in-turn.ts';

it('gives every step its turn, in order, and then tells of the first that failed', async () => {
  const done: string[] = [];
  const step = (name: string, failure?: Error) => async () => {
    await Promise.resolve();
    done.push(name);
    if (failure !== undefined) throw failure;
  };
  const first = new Error('no queue');
  await expect(inTurn([step('hints', first), step('sweep', new Error('no list')), step('verify')])).rejects.toBe(first);
  expect(done).toEqual(['hints', 'sweep', 'verify']);
});

it('is content where all are', async () => {
  await expect(inTurn([async () => {}])).resolves.toBeUndefined();
});
