import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Stack, startStack } from '../../infra/local/stack.ts';
import { readPlan } from '../../infra/local/template.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { send } from './load.ts';
import { settled } from './load-arrivals.ts';
import { makeScene } from './load-scene.ts';

/** Ten thousand bookings in a quarter of an hour are what the breaker for abnormal volume is there to stop. */
const VOLUME_ALLOWED = 1_000_000;
const MOST_WAIT_MS = 10 * 60_000;

/** Lets a synthesized assembly bring as many bookings as there are; everything else stays as it is deployed. */
export function allowVolume(assembly: string): void {
  for (const { directory } of readPlan(assembly, 'http://127.0.0.1').functions) {
    const file = join(directory, 'settings.json');
    const settings = settingsIn(file);
    if (settings === undefined) continue;
    const companies = Object.entries(settings.companies).map(([name, company]) => [
      name,
      { ...company, volume: { ...company.volume, atLeast: VOLUME_ALLOWED } },
    ]);
    writeFileSync(file, JSON.stringify({ ...settings, companies: Object.fromEntries(companies) }));
  }
}

function settingsIn(file: string) {
  try {
    return parseSettings(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // Not every function reads the settings.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The stack with every vendor's real limits. */
export async function startLoaded(assembly: string): Promise<Stack> {
  allowVolume(assembly);
  return startStack({ assembly, warm: 2, concurrency: 2 });
}

/** Brings some bookings first: they pay for signing in and for code that has not run yet. */
export async function warmUp(stack: Stack, bookings = 50): Promise<void> {
  const options = { bookings, duplicates: 0, changes: 0, seed: 1, prefix: 'warm' };
  await send(stack.webhookUrl, makeScene(stack.vendors.fareharbor, options).webhooks, 5);
  await settled(stack, MOST_WAIT_MS);
}
