import { type GuestRows, type GuestsTable, lookAt } from '../../../shared/guest/guests-table.ts';

/** A guests table in memory: all there is follows from a guest's rows. */
export function guestsFrom(
  read: (guestKey: string) => Promise<GuestRows>,
  writeSink: GuestsTable['writeSink'] = async () => {},
): GuestsTable {
  return {
    read,
    look: async (guestKey, about) => lookAt(await read(guestKey), about),
    async holds(guestKey) {
      const { bookings, sinks } = await read(guestKey);
      return bookings.length > 0 || Object.keys(sinks).length > 0;
    },
    writeSink,
  };
}
