import { bookingUuidSchema } from '../../shared/booking/booking.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { type Call, DONE, Misuse, NOT_DONE } from './call.ts';

/**
 * `show <uuid>`: the booking's record as it is kept, which the console shows packed. As JSON, with or without `--json`;
 * it holds what the guest gave and wrote.
 */
export async function showRecord({ stage, argument, print, complain }: Call): Promise<number> {
  const uuid = bookingUuidSchema.safeParse(argument);
  if (!uuid.success) throw new Misuse('show needs the uuid of a booking.');
  const bookings = bookingsTable(stage.dynamo, stage.tables.bookings, () => new Date());
  const record = await bookings.read(uuid.data);
  if (record === undefined) {
    complain(`There is no record of a booking ${uuid.data}.\n`);
    return NOT_DONE;
  }
  print(`${JSON.stringify(record, null, 2)}\n`);
  return DONE;
}
