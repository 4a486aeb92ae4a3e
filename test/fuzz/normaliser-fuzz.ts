import { normalise } from '../../functions/enrichment/normalise/normalise.ts';
import { bookingSchema } from '../../shared/booking/booking.ts';
import { realBookings } from './bookings.ts';
import { bodyFrom } from './enrichment-fuzz.ts';
import { anyJson } from './mutations.ts';
import { randomOf } from './random.ts';
import { type FuzzOptions, type FuzzReport, runCases } from './run.ts';

/** Leaves room in an item of 400 KB for what is kept beside the booking. */
const LARGEST_BOOKING = 200_000;

/** The normaliser under any JSON at all: a booking of the one shape comes out, or the reason why not; never an exception. */
export async function fuzzNormaliser(options: FuzzOptions): Promise<FuzzReport> {
  const real = realBookings();
  return await runCases('normaliser', options, async (index) => {
    const random = randomOf(options.seed, index);
    const raw = random.chance(0.2) ? anyJson(random) : bodyFrom(real[random.int(real.length)] ?? {}, random).booking;
    const keyCompany = random.pick(['*', 'harbor-kayaks']);
    const normalised = normalise(raw, { partySizeQuestions: ['people'], keyCompany });
    if (typeof normalised === 'string') return normalised;
    const { booking, unusable } = normalised;
    const bytes = Buffer.byteLength(JSON.stringify(booking));
    if (bytes > LARGEST_BOOKING) throw new Error(`a booking of ${bytes} bytes`);
    bookingSchema.parse(JSON.parse(JSON.stringify(booking)));
    return unusable.length === 0 ? 'booking' : 'booking, some of it unusable';
  });
}
