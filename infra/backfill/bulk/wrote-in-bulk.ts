import type { Written } from '../../../shared/acts/decisions-table.ts';
import type { SinkName } from '../../../shared/records/booking-record.ts';
import type { ActsOfSinks } from '../../../shared/sink/acts-of-sinks.ts';
import type { BulkOutcome, BulkTask } from '../../../shared/sink/bulk-sink.ts';

/** Collects what a bulk write wrote of what is driven by AI, and says so for each booking as the live path does. */
export function wroteInBulk(
  sink: SinkName,
  { acts, now }: { readonly acts: Pick<ActsOfSinks, 'append'>; readonly now: () => Date },
) {
  const noted = new Map<string, Written['wrote']>();
  return {
    note: ((action, of, place) => {
      const known = noted.get(of) ?? [];
      if (!known.some((one) => one.action === action && one.place === place)) known.push({ action, of, place });
      noted.set(of, known);
    }) satisfies BulkTask['wrote'],

    /** @param outcome what became of the guest; what was left or waits is told of by whoever brings it. */
    async append({ guest, bookings }: BulkTask, outcome: BulkOutcome | undefined): Promise<void> {
      if (outcome?.kind !== 'brought') return;
      for (const { record, sale } of bookings) {
        const { uuid, company, version } = record;
        const links = outcome.links.get(uuid);
        if (links === undefined) continue;
        const of = new Set([guest.latest.uuid, ...sale.chain.map((one) => one.uuid)]);
        const wrote = [...of].flatMap((one) => noted.get(one) ?? []);
        const at = now().toISOString();
        await acts.append({ kind: 'written', uuid, company, version, at, sink, wrote, links: { ...links } });
      }
    },
  };
}
