import type { Action } from './act.ts';
import type { Policies } from './policies.ts';

/**
 * What of AI may be taken away at a vendor, where it stands for nobody any more: what may be written there. In shadow
 * nothing is touched, and while all is stopped neither.
 */
export function clearable({ of, killed }: Policies): Readonly<Partial<Record<Action, true>>> {
  if (killed !== undefined) return {};
  const written = Object.entries(of).filter(([, { mode }]) => mode === 'automatic' || mode === 'assisted');
  return Object.fromEntries(written.map(([action]) => [action, true]));
}
