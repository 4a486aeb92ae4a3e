import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { repair } from '../../infra/ops/hints.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { verificationList } from '../../shared/webhook/verifications.ts';
import { book, bookPaidAndSettled, type Cast, known, won } from '../samples/cast.ts';
import type { Step, Story } from '../samples/story.ts';
import type { Rig } from './rig.ts';

/** A story in which more goes wrong than a process. */
export interface FaultStory extends Story {
  /** Makes it go wrong, from the moment on at which calls are counted. */
  readonly trouble?: (rig: Rig) => void;
  /** What is done once all is quiet, calls still being counted. @returns what is wrong until then. */
  readonly finish?: (rig: Rig, quiet: () => Promise<void>) => Promise<string[]>;
}

/** Runs of reconcile, one of which may be killed and several of which may find no call left. */
const RUNS = 8;
const LONG_AGO_MS = 180_000;

/** Stories about what happens beside crashes: full batches, failing vendors, lost hints, bookings that are parked. */
export function troubleStories(cast: Cast): FaultStory[] {
  return [
    severalAtOnce(cast),
    vendorsFail(cast),
    parked(cast),
    hintsLost(cast),
    verifiedLater(cast),
    byBody(cast),
    complaint(cast),
  ];
}

/** Three guests, four bookings and seven webhooks in one batch, three of them about one booking. */
function severalAtOnce(cast: Cast): FaultStory {
  const id = 'several-at-once';
  const company = 'bateau-mouette';
  const [changed, second] = [cast.uuid(id, 'changed'), cast.uuid(id, 'second')];
  const [other, third] = [cast.uuid(id, 'other'), cast.uuid(id, 'third')];
  const guests = [cast.guest('Vera Lindqvist'), cast.guest('Tom Ashby'), cast.guest('Rosa Bianchi')] as const;
  const startAt = (days: number): string => cast.start(company, days);
  const paid = (uuid: string): Step => ({ do: 'pay', uuid });
  const sale = (days: number, amountMinor = 9_900, partySize = 2) =>
    won({ tourDate: cast.day(company, days), currency: 'EUR', amountMinor, partySize });
  const edit = (adults: number): Step => ({ do: 'edit', uuid: changed, edit: { party: { Adult: adults } } });
  const activities = ['Croisière au coucher du soleil'];
  return {
    id,
    title: 'Several messages of one booking and of several guests at once',
    what: 'Four bookings of three guests, one of them changed twice; no API access',
    trouble: ({ traffic }) => traffic.hold('enrichment'),
    steps: [
      book(guests[0], { uuid: changed, company, startAt: startAt(10) }),
      paid(changed),
      { do: 'deliver', uuids: [changed] },
      book(guests[0], { uuid: second, company, startAt: startAt(15) }),
      book(guests[1], { uuid: other, company, startAt: startAt(11) }),
      book(guests[2], { uuid: third, company, startAt: startAt(12) }),
      ...[second, other, third].map(paid),
      { do: 'deliver', uuids: [second, other, third], atOnce: true },
      edit(3),
      { do: 'deliver', uuids: [changed] },
      edit(2),
      { do: 'deliver', uuids: [changed, other] },
    ],
    expect: {
      bookings: [
        { uuid: changed, status: 'booked', opportunity: sale(10), cases: [] },
        { uuid: second, status: 'booked', opportunity: sale(15), cases: [] },
        { uuid: other, status: 'booked', opportunity: sale(11), cases: [] },
        { uuid: third, status: 'booked', opportunity: sale(12), cases: [] },
      ],
      guests: [
        known(guests[0], [changed, second], {
          nextTour: cast.day(company, 10),
          activities,
          events: { booking_created: 2, booking_changed: [0, 2] },
        }),
        known(guests[1], [other], { nextTour: cast.day(company, 11), activities }),
        known(guests[2], [third], { nextTour: cast.day(company, 12), activities }),
      ],
    },
  };
}

/** A booking, and what comes of it, at the company with API access. */
function oneBooking(cast: Cast, id: string, name: string) {
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest(name);
  const tourDate = cast.day('harbor-kayaks', 9);
  const startAt = cast.start('harbor-kayaks', 9);
  return {
    uuid,
    told: [book(guest, { uuid, startAt }), { do: 'pay', uuid }, { do: 'deliver', uuids: [uuid] }] as const,
    settled: bookPaidAndSettled(guest, { uuid, startAt }),
    expecting: (
      opportunity: Partial<Parameters<typeof won>[0]> = {},
      events: Readonly<Record<string, number>> = { booking_created: 1 },
    ): Story['expect'] => ({
      bookings: [{ uuid, status: 'booked', opportunity: won({ tourDate, ...opportunity }), cases: [] }],
      guests: [known(guest, [uuid], { nextTour: tourDate, events })],
    }),
  };
}

function vendorsFail(cast: Cast): FaultStory {
  const id = 'vendors-fail';
  const { told, expecting } = oneBooking(cast, id, 'Hugo Sandstrom');
  return {
    id,
    title: 'Every vendor fails once',
    what: 'A new booking; each vendor answers 503 once, then as ever',
    trouble: ({ vendors: { fareharbor, salesforce, mailchimp } }) => {
      for (const { server } of [fareharbor, mailchimp]) server.fault({ route: '*', status: 503, body: '-' });
      salesforce.server.fault({ route: 'composite', status: 503, body: '-' });
    },
    steps: [...told],
    expect: expecting(),
  };
}

function parked(cast: Cast): FaultStory {
  const id = 'parked-and-repaired';
  const { uuid, told, expecting } = oneBooking(cast, id, 'Greta Holm');
  const refusal = { title: 'Invalid Resource', status: 400, detail: 'a merge field is of another type' };
  return {
    id,
    title: 'A booking is parked, and repaired',
    what: 'Mailchimp refuses it for good, until somebody mends the audience',
    trouble: ({ vendors }) => vendors.mailchimp.server.fault({ route: '*', status: 400, body: refusal, times: 10_000 }),
    steps: [...told],
    expect: expecting(),
    finish: async (rig, quiet) => {
      const { dynamo, tables } = rig.stage;
      const record = await bookingsTable(dynamo, tables.bookings, () => new Date()).read(uuid);
      rig.vendors.mailchimp.server.clearFaults();
      await repair(rig.stage, uuid);
      await quiet();
      if (record?.sync.marketing?.state === 'parked' && record.attention === 'parked') return [];
      return [`the booking was ${record?.sync.marketing?.state} for marketing, and stood as ${record?.attention}`];
    },
  };
}

function hintsLost(cast: Cast): FaultStory {
  const id = 'hints-lost';
  const { uuid, settled, expecting } = oneBooking(cast, id, 'Oskar Reyes');
  return {
    id,
    title: 'Hints get lost',
    what: 'A change whose hints both vanish; reconcile sends them again',
    trouble: ({ traffic }) => traffic.loseHints(true),
    steps: [...settled, { do: 'edit', uuid, edit: { party: { Adult: 3 } } }, { do: 'deliver', uuids: [uuid] }],
    expect: expecting({ partySize: 3, amountMinor: 28_215 }, { booking_created: 1, booking_changed: 1 }),
    finish: async (rig, quiet) => {
      rig.traffic.loseHints(false);
      await growOld(rig, uuid);
      for (let run = 0; run < RUNS && !(await rig.reconcile()); run += 1);
      await quiet();
      return [];
    },
  };
}

/** Makes the record look as if it had changed a while ago. */
async function growOld({ stage }: Rig, uuid: string): Promise<void> {
  await stage.dynamo.send(
    new UpdateItemCommand({
      TableName: stage.tables.bookings,
      Key: { uuid: { S: uuid } },
      UpdateExpression: 'SET changedAt = :at',
      ExpressionAttributeValues: { ':at': { S: new Date(Date.now() - LONG_AGO_MS).toISOString() } },
    }),
  );
}

function verifiedLater(cast: Cast): FaultStory {
  const id = 'verified-later';
  const { uuid, told, expecting } = oneBooking(cast, id, 'Ingrid Voss');
  return {
    id,
    title: 'FareHarbor fails, and is asked later',
    what: 'Taken from the webhook, changed without another one, found by the verification',
    trouble: ({ vendors }) => vendors.fareharbor.server.fault({ route: '*', status: 503, body: '-', times: 10_000 }),
    steps: [...told],
    expect: expecting({ partySize: 3, amountMinor: 28_215 }, { booking_created: 1, booking_changed: 1 }),
    finish: async (rig, quiet) => {
      const { fareharbor } = rig.vendors;
      fareharbor.server.clearFaults();
      fareharbor.vendor.edit(uuid, { party: { Adult: 3 } });
      const list = verificationList(rig.stage.dynamo, rig.stage.tables.operations);
      const noted = (await list.all()).length;
      for (let run = 0; run < RUNS && (await list.all()).length > 0; run += 1) {
        await rig.reconcile();
        await quiet();
      }
      const left = (await list.all()).length;
      return [
        ...(noted === 1 ? [] : [`${noted} bookings were noted to be verified instead of 1`]),
        ...(left === 0 ? [] : [`${left} bookings are still to be verified`]),
      ];
    },
  };
}

function byBody(cast: Cast): FaultStory {
  const id = 'by-body';
  const company = 'bateau-mouette';
  const uuid = cast.uuid(id, 'first');
  const guest = cast.guest('Camille Aubert');
  const tourDate = cast.day(company, 13);
  return {
    id,
    title: 'A new booking without API access, cancelled',
    what: 'Known by its webhooks alone',
    steps: [
      ...bookPaidAndSettled(guest, { uuid, company, startAt: cast.start(company, 13) }),
      { do: 'cancel', uuid },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: {
      bookings: [
        {
          uuid,
          status: 'cancelled',
          opportunity: won({ stage: 'lost', tourDate, currency: 'EUR', amountMinor: 9_900 }),
          cases: ['cancellation'],
        },
      ],
      guests: [
        known(guest, [uuid], {
          stage: 'cancelled',
          activities: [],
          events: { booking_created: 1, booking_cancelled: 1 },
        }),
      ],
    },
  };
}

function complaint(cast: Cast): FaultStory {
  const id = 'complaint';
  const { uuid, settled, expecting } = oneBooking(cast, id, 'Percy Flint');
  const { bookings, guests } = expecting();
  return {
    id,
    title: 'A complaint',
    what: 'The note of a booking says that the guest is disappointed',
    steps: [
      ...settled,
      { do: 'edit', uuid, edit: { note: 'We were disappointed last time, this is a complaint' } },
      { do: 'deliver', uuids: [uuid] },
    ],
    expect: { bookings: bookings.map((one) => ({ ...one, cases: ['complaint'] })), guests },
  };
}
