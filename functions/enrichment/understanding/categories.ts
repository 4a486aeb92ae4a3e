import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CatalogueEntry } from '../../../shared/settings/settings.ts';
import { fold } from './folding.ts';

/**
 * The operator's own kinds of tours (`category` in the catalogue) that stand on the guest's bookings, most booked
 * first. A tour is found in the catalogue by its pk, else by its name.
 */
export function categoriesOf({ items }: GuestProfile, catalogue: readonly CatalogueEntry[]): string[] {
  // The first entry counts where two are of one pk or name.
  const entries = catalogue.toReversed();
  const byPk = new Map(entries.flatMap((entry) => (entry.itemPk === null ? [] : [[entry.itemPk, entry] as const])));
  const byName = new Map(entries.map((entry) => [fold(entry.name).trim(), entry]));
  const booked = new Map<string, number>();
  for (const { pk, name, bookings } of items) {
    const entry = (pk === null ? undefined : byPk.get(pk)) ?? byName.get(fold(name).trim());
    const category = entry?.category ?? null;
    if (category !== null) booked.set(category, (booked.get(category) ?? 0) + bookings);
  }
  return [...booked].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([category]) => category);
}
