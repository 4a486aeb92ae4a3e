import { apiError } from './api-error.ts';
import { type Company, companyDay, companyTime, type Item, instantOf, startOn } from './catalogue.ts';
import { inventedContact, withPhone } from './contact.ts';
import {
  type AnswerRecord,
  type AvailabilityRecord,
  type BookingEdit,
  type BookingInput,
  type BookingRecord,
  type CheckinType,
  type CustomerRecord,
  type Party,
  type PaymentRecord,
  receiptOf,
  uuidOf,
} from './record.ts';

/** Everything FareHarbor holds of its companies, and the ways in which bookings change there. */
export class Account {
  readonly companies: ReadonlyMap<string, Company>;
  readonly availabilities = new Map<number, AvailabilityRecord>();
  readonly bookings = new Map<string, BookingRecord>();
  readonly #now: () => number;
  readonly #seed: string;
  readonly #byStart = new Map<string, AvailabilityRecord>();
  #lastPk = 100_000;

  /** @param now milliseconds; the clock of everything dated here. `seed`: uuids of two seeds never meet. */
  constructor(companies: readonly Company[], now: () => number, seed: string) {
    this.companies = new Map(companies.map((company) => [company.shortname, company]));
    this.#now = now;
    this.#seed = seed;
  }

  clear(): void {
    this.availabilities.clear();
    this.#byStart.clear();
    this.bookings.clear();
    this.#lastPk = 100_000;
  }

  company(shortname: string): Company {
    const company = this.companies.get(shortname);
    if (company !== undefined) return company;
    throw apiError(404, 'company-shortname-invalid', `${shortname} is not a valid company shortname`);
  }

  item(company: Company, pk: number): Item {
    const item = company.items.find((candidate) => candidate.pk === pk);
    if (item !== undefined) return item;
    throw apiError(404, 'item-pk-invalid', `${pk} is not a valid item pk for company shortname ${company.shortname}`);
  }

  booking(uuid: string): BookingRecord {
    const booking = this.bookings.get(uuid);
    if (booking !== undefined) return booking;
    throw apiError(404, 'booking-uuid-invalid', `${uuid} is not a valid booking uuid`);
  }

  /** The company's availability of that item and time, made where there is none. */
  availabilityAt(company: Company, item: Item, startAt: string, capacity = item.capacity): AvailabilityRecord {
    const existing = this.#byStart.get(`${item.pk} ${startAt}`);
    if (existing !== undefined) return existing;
    const endAt = companyTime(company, instantOf(startAt) + item.minutes * 60_000);
    const created = { pk: this.#pk(), company, item, startAt, endAt, capacity };
    this.availabilities.set(created.pk, created);
    this.#byStart.set(`${item.pk} ${startAt}`, created);
    return created;
  }

  /** Places left on an availability. */
  placesLeft(availability: AvailabilityRecord): number {
    let left = availability.capacity;
    for (const booking of this.bookings.values()) {
      if (booking.availability === availability && booking.status === 'booked') left -= booking.customers.length;
    }
    return left;
  }

  book(input: BookingInput = {}): BookingRecord {
    const pk = this.#pk();
    const company = this.company(input.company ?? 'harbor-kayaks');
    const item = input.item === undefined ? company.items[0] : this.item(company, input.item);
    const startAt = input.startAt ?? startOn(company, companyDay(company, this.#now(), 7));
    const booking: BookingRecord = {
      pk,
      uuid: input.uuid ?? uuidOf(`${this.#seed}/${pk}`),
      company,
      createdAt: this.#now(),
      externalId: input.externalId ?? '',
      affiliate: input.affiliate ?? null,
      orderDisplayId: input.order ?? null,
      deviations: input.deviations ?? [],
      availability: this.availabilityAt(company, item, startAt),
      status: 'booked',
      rebookedFrom: null,
      rebookedTo: null,
      contact: inventedContact(pk, input.contact ?? {}),
      smsConsent: input.smsConsent ?? false,
      customers: this.#customers(item, input.party ?? { Adult: 2 }, []),
      price: input.price ?? {},
      payments: [],
      answers: this.#answers(item, input.answers ?? {}, []),
      note: input.note ?? '',
      voucher: input.voucher ?? '',
      agent: named(input.agent, 41),
      desk: named(input.desk, 51),
      pickup: input.pickup ?? null,
      remindersSent: 0,
    };
    this.bookings.set(booking.uuid, booking);
    return booking;
  }

  /** Customers keep their pk as long as the party keeps them. Answers given here replace those of the same question. */
  edit(uuid: string, edit: BookingEdit): BookingRecord {
    const booking = this.booking(uuid);
    const { company } = booking;
    if (edit.item !== undefined || edit.startAt !== undefined) {
      const item = edit.item === undefined ? booking.availability.item : this.item(company, edit.item);
      booking.availability = this.availabilityAt(company, item, edit.startAt ?? booking.availability.startAt);
    }
    const { item } = booking.availability;
    if (edit.party !== undefined) booking.customers = this.#customers(item, edit.party, booking.customers);
    if (edit.answers !== undefined) booking.answers = this.#answers(item, edit.answers, booking.answers);
    if (edit.price !== undefined) booking.price = { ...booking.price, ...edit.price };
    if (edit.contact !== undefined) booking.contact = withPhone({ ...booking.contact, ...edit.contact }, edit.contact);
    if (edit.agent !== undefined) booking.agent = named(edit.agent, 41);
    if (edit.desk !== undefined) booking.desk = named(edit.desk, 51);
    booking.note = edit.note ?? booking.note;
    booking.voucher = edit.voucher ?? booking.voucher;
    booking.smsConsent = edit.smsConsent ?? booking.smsConsent;
    booking.pickup = edit.pickup === undefined ? booking.pickup : edit.pickup;
    return booking;
  }

  /** @param payment the amount in the smallest unit; what is still due where left out. */
  pay(uuid: string, payment: { amount?: number; type?: string; status?: PaymentRecord['status'] } = {}): BookingRecord {
    const booking = this.booking(uuid);
    const { total, paid } = receiptOf(booking);
    const type = payment.type ?? 'card';
    booking.payments.push({
      pk: this.#pk(),
      type,
      status: payment.status ?? 'succeeded',
      amount: payment.amount ?? (total ?? 0) - paid,
      at: this.#now(),
      inStore: type === 'in-store' ? { pk: 137, name: 'Cash' } : null,
      refunds: [],
    });
    return booking;
  }

  /** Refunds the latest payment that went through. @param refund the amount; all that is left of it where left out. */
  refund(uuid: string, refund: { amount?: number; cancelled?: boolean } = {}): BookingRecord {
    const booking = this.booking(uuid);
    const payment = booking.payments.findLast(({ status }) => status === 'succeeded');
    if (payment === undefined) throw apiError(400, 'payment-error', 'There is no payment to refund.');
    const refunded = payment.refunds.reduce((sum, { cancelled, amount }) => sum + (cancelled ? 0 : amount), 0);
    const amount = refund.amount ?? payment.amount - refunded;
    payment.refunds.push({ pk: this.#pk(), amount, at: this.#now(), cancelled: refund.cancelled ?? false });
    return booking;
  }

  /**
   * Cancels a booking, or, for one that was rebooked, the booking it became; the rebooked one stays `rebooked`.
   * Gives the one that was cancelled.
   */
  cancel(uuid: string): BookingRecord {
    const booking = this.booking(uuid);
    if (booking.rebookedTo !== null) return this.cancel(booking.rebookedTo);
    if (booking.status === 'cancelled') {
      const message = 'Unable to cancel booking: This booking has already been cancelled.';
      throw apiError(400, 'booking-cancellation-error', message);
    }
    booking.status = 'cancelled';
    return booking;
  }

  /** Takes a mistaken cancellation back. */
  reinstate(uuid: string): BookingRecord {
    const booking = this.booking(uuid);
    if (booking.status !== 'cancelled') throw apiError(400, 'booking-creation-error', 'This booking is not cancelled.');
    booking.status = 'booked';
    return booking;
  }

  /** Makes a new booking of the old one, with new customer pks; payments go along. Gives the new one. */
  rebook(uuid: string, input: BookingInput = {}): BookingRecord {
    const old = this.booking(uuid);
    if (old.status !== 'booked') {
      const message = 'Unable to create booking: This booking has already been rebooked.';
      throw apiError(400, 'booking-creation-error', message);
    }
    const created = this.book({
      company: old.company.shortname,
      item: old.availability.item.pk,
      party: partyOf(old),
      note: old.note,
      voucher: old.voucher,
      price: old.price,
      smsConsent: old.smsConsent,
      answers: Object.fromEntries(old.answers.map(({ question, value }) => [question.title, value])),
      deviations: old.deviations,
      ...(old.affiliate && { affiliate: old.affiliate }),
      ...(old.agent && { agent: old.agent.name }),
      ...(old.desk && { desk: old.desk.name }),
      ...input,
      contact: { ...old.contact, ...input.contact },
    });
    created.rebookedFrom = old.uuid;
    created.payments = old.payments;
    old.payments = [];
    old.status = 'rebooked';
    old.rebookedTo = created.uuid;
    return created;
  }

  /** Sets, or with null clears, the check-in of the named customers; of all where none is named. */
  setCheckin(uuid: string, checkin: CheckinType | null, customerPks?: readonly number[]): BookingRecord {
    const booking = this.booking(uuid);
    for (const customer of booking.customers) {
      if (customerPks === undefined || customerPks.includes(customer.pk)) customer.checkin = checkin;
    }
    return booking;
  }

  /** A reminder went out by SMS. */
  remind(uuid: string): BookingRecord {
    const booking = this.booking(uuid);
    booking.remindersSent += 1;
    return booking;
  }

  #pk(): number {
    this.#lastPk += 1;
    return this.#lastPk;
  }

  #customers(item: Item, party: Party, before: readonly CustomerRecord[]): CustomerRecord[] {
    return Object.entries(party).flatMap(([singular, count]) => {
      const type = item.customerTypes.find((candidate) => candidate.singular === singular);
      if (type === undefined) throw new RangeError(`${item.name} has no customer type ${singular}`);
      const kept = before.filter((customer) => customer.type.pk === type.pk).slice(0, count);
      const added = Array.from({ length: count - kept.length }, () => ({
        pk: this.#pk(),
        type,
        checkin: null,
        answers: [],
      }));
      return [...kept, ...added];
    });
  }

  #answers(item: Item, given: Readonly<Record<string, string>>, before: readonly AnswerRecord[]): AnswerRecord[] {
    const kept = before.filter(({ question }) => given[question.title] === undefined);
    const added = Object.entries(given).map(([title, value]) => {
      const question = item.questions.find((candidate) => candidate.title === title);
      if (question === undefined) throw new RangeError(`${item.name} does not ask "${title}"`);
      const pk = before.find((answer) => answer.question.pk === question.pk)?.pk ?? this.#pk();
      return { pk, question, value };
    });
    return [...kept, ...added].sort((a, b) => a.question.pk - b.question.pk);
  }
}

function partyOf({ customers }: BookingRecord): Party {
  const party: Record<string, number> = {};
  for (const { type } of customers) party[type.singular] = (party[type.singular] ?? 0) + 1;
  return party;
}

function named(name: string | null | undefined, pk: number): { pk: number; name: string } | null {
  return name === undefined || name === null ? null : { pk, name };
}
