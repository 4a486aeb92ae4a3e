import { type Company, companyDay, companyTime, sampleCompanies, startOn } from '../vendors/fareharbor/catalogue.ts';
import { type BookingInput, type ContactRecord, uuidOf } from '../vendors/fareharbor/record.ts';
import type { ExpectedGuest, ExpectedMember, ExpectedOpportunity } from './expectation.ts';
import type { Step } from './story.ts';

/** An invented guest. */
export interface Guest {
  readonly name: string;
  readonly email: string | null;
  readonly contact: Partial<ContactRecord>;
}

export interface Setting {
  /** Milliseconds: the moment at which the stories are told; tours lie before and after it. */
  readonly now: number;
  /** Stories with different prefixes share no booking and no address. */
  readonly prefix: string;
}

/** What the stories are made with: fixed uuids, guests and days, all following from the setting. */
export class Cast {
  readonly #setting: Setting;
  #guests = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** The uuid of a story's booking: the same on every run with the same prefix. */
  uuid(story: string, booking: string): string {
    return uuidOf(`${this.#setting.prefix}/${story}/${booking}`);
  }

  /** @param guest `email: null` for a guest who gave none; consent is given unless `consent` is false. */
  guest(name: string, guest: { mailbox?: string; domain?: string; email?: null; consent?: boolean } = {}): Guest {
    this.#guests += 1;
    const number = String(this.#guests).padStart(2, '0');
    const mailbox = guest.mailbox ?? name.toLowerCase().replaceAll(' ', '.');
    const domain = guest.domain ?? `${this.#setting.prefix}.mail.test`;
    const email = guest.email === null ? null : `${mailbox}@${domain}`;
    const contact = { name, email: email ?? '', phone: `+1 202-555-01${number}`, emailConsent: guest.consent ?? true };
    return { name, email, contact };
  }

  /** The company's calendar day that many days from now. */
  day(company: string, days: number): string {
    return companyDay(companyOf(company), this.#setting.now, days);
  }

  /** The start of a tour at 9 o'clock, that many days from now. */
  start(company: string, days: number): string {
    return startOn(companyOf(company), this.day(company, days));
  }

  /** A full hour a while ago, for a tour that has begun. */
  hoursAgo(company: string, hours: number): string {
    const hour = 3_600_000;
    return companyTime(companyOf(company), Math.floor(this.#setting.now / hour - hours) * hour);
  }
}

function companyOf(shortname: string): Company {
  const company = sampleCompanies.find((candidate) => candidate.shortname === shortname);
  if (company === undefined) throw new RangeError(`no sample company is called ${shortname}`);
  return company;
}

export function book(guest: Guest, booking: BookingInput & { uuid: string }): Step {
  return { do: 'book', booking: { ...booking, contact: guest.contact } };
}

/** Books, pays what is due, sends the webhook and waits until it has arrived everywhere. */
export function bookPaidAndSettled(guest: Guest, booking: BookingInput & { uuid: string }): Step[] {
  const { uuid } = booking;
  return [book(guest, booking), { do: 'pay', uuid }, { do: 'deliver', uuids: [uuid] }, { do: 'settle' }];
}

/** A sale won in dollars of two adults on the kayak tour, but for what is said. */
export function won(
  opportunity: Partial<ExpectedOpportunity> & Pick<ExpectedOpportunity, 'tourDate'>,
): ExpectedOpportunity {
  return { stage: 'won', amountMinor: 18_810, currency: 'USD', partySize: 2, ...opportunity };
}

type TourStage = 'upcoming' | 'on tour' | 'past' | 'cancelled';

/** What the member's tags say: the tour's stage, the activities on bookings that stand, and the segment where it is sure. */
interface Tagged {
  readonly stage?: TourStage;
  readonly activities?: readonly string[];
  readonly segment?: string;
}

/**
 * A guest with one contact, and a member who agreed to e-mail, knows one event (the booking's creation) and has the
 * tags of the activities and of no other stage than the one they are in.
 */
export function known(
  { email, name }: Guest,
  sales: readonly string[],
  member: (Partial<ExpectedMember> & Tagged) | null,
): ExpectedGuest {
  const guest = { email, name, sales, contacts: 1 };
  if (member === null) return { ...guest, member };
  const { stage = 'upcoming', activities = ['Sunrise Kayak Tour'], segment, ...rest } = member;
  const others = (['upcoming', 'on tour', 'past', 'cancelled'] as const).filter((other) => other !== stage);
  const usual = {
    status: 'subscribed',
    nextTour: null,
    lastTour: null,
    events: { booking_created: 1 },
    tagsInclude: [
      `stage:${stage}`,
      ...activities.map((activity) => `activity:${activity}`),
      ...(segment === undefined ? [] : [`segment:${segment}`]),
    ],
    tagsExclude: others.map((other) => `stage:${other}`),
  } as const;
  return { ...guest, member: { ...usual, ...rest } };
}
