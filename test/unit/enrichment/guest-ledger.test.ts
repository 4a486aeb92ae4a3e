import { type DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GuestLedger, guestLedger } from '../../../functions/enrichment/guest-ledger.ts';
import type { BookingSummary } from '../../../shared/guest/booking-summary.ts';
import { type GuestKey, guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { type GuestsTable, guestsTable } from '../../../shared/guest/guests-table.ts';
import { type GuestProfile, profileOf } from '../../../shared/guest/profile.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import { type GuestSums, guestSumsSchema, partyKinds } from '../../../shared/guest/totals-shape.ts';
import { clientOf } from '../../histories/tables/client.ts';
import { Tables } from '../../histories/tables/tables.ts';
import { uuid } from '../shared/booking-fixture.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const HOUR = 3_600_000;
const instant = (hours: number): string => new Date(START + hours * HOUR).toISOString();
const GUESTS = [guestKeyFor(uuid(901)), guestKeyFor(uuid(902))] as const;

/** Bookings of two guests, few enough to meet each other and enough to use up what is kept of the tours to come. */
const one = fc.integer({ min: 1, max: 24 });
const hours = fc.integer({ min: -10, max: 120 });
const somebody = fc.constantFrom(GUESTS[0], GUESTS[0], GUESTS[0], GUESTS[1]);
const BOOKED = Array<'booked'>(8).fill('booked');
const summary: fc.Arbitrary<BookingSummary> = fc
  .record({
    uuid: one.map((n) => uuid(n)),
    status: fc.constantFrom(...BOOKED, 'cancelled' as const, 'rebooked' as const),
    rebookedFrom: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: one.map((n) => uuid(n)) },
    ),
    startsAt: fc.option(hours.map(instant), { nil: null, freq: 9 }),
    bookedAt: fc.integer({ min: -90, max: -31 }).map(instant),
    itemPk: fc.constantFrom(11, 12, null),
    itemName: fc.constantFrom('Sunset Kayak', 'Reef Snorkel'),
    partySize: fc.integer({ min: 0, max: 12 }),
    gross: fc.record({ amount: fc.integer({ min: 0, max: 50_000 }), currency: fc.constantFrom('USD', 'JPY', 'EUR') }),
    paid: fc.integer({ min: 0, max: 50_000 }),
    refunded: fc.integer({ min: 0, max: 50_000 }),
    party: fc.constantFrom(...partyKinds),
    addOns: fc.uniqueArray(fc.constantFrom('Photos', 'Lunch', 'Wetsuit'), { maxLength: 2 }),
    noShow: fc.boolean(),
    affiliate: fc.boolean(),
    emailConsent: fc.boolean(),
  })
  .map((made) => ({ ...made, tourDate: made.startsAt?.slice(0, 10) ?? null }));

interface Step {
  readonly guestKey: GuestKey;
  readonly summary: BookingSummary;
  /** Another change of another booking, worked out before this one is written, and written after it. */
  readonly beside: { readonly guestKey: GuestKey; readonly summary: BookingSummary } | null;
  readonly laterHours: number;
}
/** Mostly no time passes: there are to be many tours to come. */
const NO_TIME = Array<0>(20).fill(0);
const change = fc.record({ guestKey: somebody, summary });
const step: fc.Arbitrary<Step> = fc
  .record({
    guestKey: somebody,
    summary,
    beside: fc.option(change, { nil: null, freq: 3 }),
    laterHours: fc.constantFrom(...NO_TIME, 1, 5, 30),
  })
  .map((made) => (made.beside?.summary.uuid === made.summary.uuid ? { ...made, beside: null } : made));

interface Scene {
  readonly client: DynamoDBClient;
  readonly ledger: GuestLedger;
  readonly guests: GuestsTable;
  readonly held: Map<string, { readonly guestKey: GuestKey; readonly summary: BookingSummary }>;
}

function scene(): Scene {
  const client = clientOf(new Tables({ guests: { keys: ['guest', 'row'] } }));
  return { client, ledger: guestLedger(client, 'guests'), guests: guestsTable(client, 'guests'), held: new Map() };
}

/** Works out an entry; the answer writes it. */
async function enter({ client, ledger, held }: Scene, guestKey: GuestKey, next: BookingSummary, now: string) {
  const stands = held.get(next.uuid);
  const before = stands && { guestKey: stands.guestKey, rebookedFrom: stands.summary.rebookedFrom };
  const entered = await ledger.enter({ guestKey, summary: next, before }, now);
  return {
    entered,
    async write(): Promise<void> {
      const { writes: TransactItems } = entered;
      if (TransactItems.length > 0)
        await client.send(new TransactWriteItemsCommand({ TransactItems: [...TransactItems] }));
      held.set(next.uuid, { guestKey, summary: next });
    },
  };
}

const summariesOf = ({ held }: Scene, guestKey: GuestKey): BookingSummary[] =>
  [...held.values()].filter((one) => one.guestKey === guestKey).map((one) => one.summary);

const withoutRevision = ({ totalsRevision: _, ...profile }: GuestProfile) => profile;
const sumsIn = (totals: GuestSums): GuestSums => guestSumsSchema.parse(totals);

/** What the running totals say, and what all bookings together come to. */
async function expectExact(at: Scene, now: string): Promise<void> {
  for (const guestKey of GUESTS) {
    const { totals } = await at.guests.look(guestKey, { sink: 'crm', now });
    const whole = totalsOf(summariesOf(at, guestKey), now);
    expect(sumsIn(totals)).toEqual(sumsIn(whole));
    expect(withoutRevision(profileOf(totals, now))).toEqual(withoutRevision(profileOf(whole, now)));
    expect(totals.lastMade).toEqual(whole.lastMade);
    expect(await at.ledger.countBookings(guestKey, now)).toBe(whole.all);
  }
}

describe('the running totals of guests', () => {
  it('are what all their bookings come to, whatever happened to those and in whichever order', {
    timeout: 60_000,
  }, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), async (steps) => {
      const at = scene();
      let now = 0;
      for (const { guestKey, summary: next, beside, laterHours } of steps) {
        now += laterHours;
        const first = await enter(at, guestKey, next, instant(now));
        const second = beside && (await enter(at, beside.guestKey, beside.summary, instant(now)));
        await first.write();
        // Refused where the first changed what this was worked out from: then it is worked out anew.
        await second?.write().catch(async (error: unknown) => {
          expect(error).toMatchObject({ name: 'TransactionCanceledException' });
          if (beside) await (await enter(at, beside.guestKey, beside.summary, instant(now))).write();
        });
        await expectExact(at, instant(now));
      }
      await expectExact(at, instant(now + 40));
      await expectExact(at, instant(now + 150));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('answer what they will be once the entry is written', async () => {
    const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      const at = scene();
      for (const { guestKey, summary: next } of changes) {
        const { entered, write } = await enter(at, guestKey, next, instant(0));
        await write();
        const { totals } = await at.guests.look(guestKey, { sink: 'crm', now: instant(0) });
        expect(profileOf(entered.totals, instant(0))).toEqual(profileOf(totals, instant(0)));
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it.each([
    ['the nearest first', (n: number) => n],
    ['the nearest last', (n: number) => 13 - n],
    ['in no order', (n: number) => (n * 5) % 13],
  ])(
    'know the next of many tours, booked %s, however long nothing changes, and as each next one goes',
    async (_, nthDay) => {
      const at = scene();
      const tour = (day: number, status: BookingSummary['status'] = 'booked'): BookingSummary => {
        const startsAt = instant(day * 24);
        const [gross, none] = [
          { amount: 100, currency: 'USD' },
          { itemPk: null, itemName: 'Sunset Kayak', addOns: [] },
        ];
        const facts = {
          status,
          gross,
          startsAt,
          tourDate: startsAt.slice(0, 10),
          bookedAt: instant(-1),
          rebookedFrom: null,
        };
        const rest = { partySize: 2, paid: 0, refunded: 0, party: 'adults' as const, noShow: false };
        return { uuid: uuid(day), ...facts, ...none, ...rest, affiliate: false, emailConsent: false };
      };
      for (let n = 1; n <= 12; n += 1) await (await enter(at, GUESTS[0], tour(nthDay(n)), instant(0))).write();
      for (let day = 0; day <= 13; day += 1) await expectExact(at, instant(day * 24));
      for (let day = 1; day <= 12; day += 1) {
        await (await enter(at, GUESTS[0], tour(day, 'cancelled'), instant(1))).write();
        await expectExact(at, instant(1));
      }
    },
  );
});
