import { bookingUuidSchema } from '../../shared/booking/booking.ts';
import { type Call, Misuse, NOT_DONE, tell } from './call.ts';
import { describeWhy, readWhy } from './why.ts';

/** `why <uuid>`: which facts led to what, and what was written where. It may show a summary, which is about a guest. */
export async function why(call: Call): Promise<number> {
  const uuid = bookingUuidSchema.safeParse(call.argument);
  if (!uuid.success) throw new Misuse('why needs the uuid of a booking.');
  const found = await readWhy(call.stage, uuid.data);
  if (found === undefined) {
    call.complain(`Nothing is known of a booking ${uuid.data}.\n`);
    return NOT_DONE;
  }
  const { decided, written } = found;
  return tell(call, { uuid: uuid.data, decided, written }, describeWhy(uuid.data, found));
}
