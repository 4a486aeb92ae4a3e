import { campaign, type StoryOutcome } from './campaign.ts';
import { chosenPoints } from './options.ts';
import { type Order, orderSchema, type Word } from './orders.ts';
import { type Rig, startRig } from './rig.ts';

/** Whoever started us may have gone meanwhile: then there is nobody to be told. */
const say = (word: Word): void => {
  if (process.connected) process.send?.(word);
};

let rig: Rig | undefined;
let start: Extract<Order, { kind: 'start' }> | undefined;

async function follow(order: Order): Promise<void> {
  if (order.kind === 'start') {
    start = order;
    rig = await startRig(order.assembly);
  } else {
    say({ kind: 'told', outcome: await tellWithCrashes(order.story) });
  }
  say({ kind: 'free' });
}

async function tellWithCrashes(story: string): Promise<StoryOutcome> {
  if (rig === undefined || start === undefined) throw new Error('a worker was given a story before its pipeline');
  const { options, now } = start;
  return await campaign(rig, story, {
    seed: options.seed,
    now,
    choose: (points) => chosenPoints(points, story, options),
    onTelling: (soFar, total) => say({ kind: 'crashed', soFar, total }),
  });
}

process.on('message', (message) => {
  follow(orderSchema.parse(message)).catch((error: unknown) => say({ kind: 'failed', reason: String(error) }));
});
// Whoever started us ends us, and prints what was done: an interrupt at the terminal reaches all processes.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => {
  const end = (): never => process.exit(0);
  if (rig === undefined) end();
  else rig.close().then(end, end);
});
