import { createHash } from 'node:crypto';
import type { Company, CustomerType, Item, Question } from './catalogue.ts';
import type { Deviation } from './deviations.ts';

export type CheckinType = 'checked-in' | 'no-show';
export type BookingStatus = 'booked' | 'cancelled' | 'rebooked';

export interface ContactRecord {
  readonly name: string;
  readonly phone: string;
  readonly phoneCountry: string | null;
  readonly normalizedPhone: string;
  readonly language: string;
  readonly email: string;
  readonly emailConsent: boolean;
}

export interface AnswerRecord {
  readonly pk: number;
  readonly question: Question;
  readonly value: string;
}

export interface CustomerRecord {
  readonly pk: number;
  readonly type: CustomerType;
  checkin: CheckinType | null;
  readonly answers: readonly AnswerRecord[];
}

export interface RefundRecord {
  readonly pk: number;
  readonly amount: number;
  readonly at: number;
  readonly cancelled: boolean;
}

export interface PaymentRecord {
  readonly pk: number;
  readonly type: string;
  readonly status: 'initialed' | 'pending' | 'succeeded' | 'failed';
  /** What was first paid; refunds are taken off only where FareHarbor shows it. */
  readonly amount: number;
  readonly at: number;
  readonly inStore: { readonly pk: number; readonly name: string } | null;
  readonly refunds: RefundRecord[];
}

/** Amounts in the smallest unit of the company's currency; each left out is worked out from the party. */
export interface PriceOverride {
  readonly subtotal?: number | null;
  readonly taxes?: number | null;
  readonly total?: number | null;
  readonly invoice?: number | null;
}

export interface AvailabilityRecord {
  readonly pk: number;
  readonly company: Company;
  readonly item: Item;
  /** As FareHarbor writes it: `2026-01-31T09:00:00-1000`. */
  readonly startAt: string;
  readonly endAt: string;
  readonly capacity: number;
}

/** The one internal form of a booking, from which every body type is made. */
export interface BookingRecord {
  readonly pk: number;
  readonly uuid: string;
  readonly company: Company;
  readonly createdAt: number;
  readonly externalId: string;
  readonly affiliate: Pick<Company, 'shortname' | 'name' | 'currency'> | null;
  readonly orderDisplayId: string | null;
  readonly deviations: readonly Deviation[];
  availability: AvailabilityRecord;
  status: BookingStatus;
  rebookedFrom: string | null;
  rebookedTo: string | null;
  contact: ContactRecord;
  smsConsent: boolean;
  customers: CustomerRecord[];
  price: PriceOverride;
  payments: PaymentRecord[];
  answers: AnswerRecord[];
  note: string;
  voucher: string;
  agent: { readonly pk: number; readonly name: string } | null;
  desk: { readonly pk: number; readonly name: string } | null;
  pickup: string | null;
  remindersSent: number;
}

/** Kinds of customers by how many: `{ Adult: 2, Child: 1 }`. */
export type Party = Readonly<Record<string, number>>;

/** A booking to be made. Everything has a sensible invented default. */
export interface BookingInput {
  readonly uuid?: string;
  readonly company?: string;
  /** Item pk; the company's first item where left out. */
  readonly item?: number;
  /** As FareHarbor writes it (see `startOn`); 9 o'clock a week from now where left out. */
  readonly startAt?: string;
  readonly contact?: Partial<ContactRecord>;
  readonly smsConsent?: boolean;
  readonly party?: Party;
  readonly price?: PriceOverride;
  readonly note?: string;
  /** By the question's title. */
  readonly answers?: Readonly<Record<string, string>>;
  readonly affiliate?: Pick<Company, 'shortname' | 'name' | 'currency'>;
  readonly voucher?: string;
  readonly externalId?: string;
  readonly order?: string;
  readonly agent?: string;
  readonly desk?: string;
  readonly pickup?: string;
  readonly deviations?: readonly Deviation[];
}

/** What the desk or the guest changes on a booking without moving it to another one. */
export interface BookingEdit {
  readonly note?: string;
  readonly answers?: Readonly<Record<string, string>>;
  readonly party?: Party;
  readonly price?: PriceOverride;
  readonly contact?: Partial<ContactRecord>;
  readonly smsConsent?: boolean;
  readonly startAt?: string;
  readonly item?: number;
  readonly voucher?: string;
  readonly agent?: string | null;
  readonly desk?: string | null;
  readonly pickup?: string | null;
}

export interface Receipt {
  readonly subtotal: number | null;
  readonly taxes: number | null;
  readonly total: number | null;
  readonly invoice: number | null;
  /** Received less refunded. */
  readonly paid: number;
}

/** The amounts FareHarbor states for a booking: its override, else worked out from the party and the company's tax. */
export function receiptOf({ company, customers, price, payments }: BookingRecord): Receipt {
  const sum = customers.reduce((total, { type }) => total + type.price, 0);
  const subtotal = price.subtotal === undefined ? sum : price.subtotal;
  const taxes = price.taxes === undefined ? taxOn(company, subtotal ?? 0) : price.taxes;
  const total = price.total === undefined ? (subtotal ?? 0) + (taxes ?? 0) : price.total;
  const paid = payments.reduce((received, payment) => received + netOf(payment), 0);
  return { subtotal, taxes, total, invoice: price.invoice ?? null, paid };
}

export function taxOn({ taxPercent }: Company, amount: number): number {
  return Math.round((amount * taxPercent) / 100);
}

/** What is left of a payment after its refunds; nothing of one that did not go through. */
export function netOf({ status, amount, refunds }: PaymentRecord): number {
  if (status !== 'succeeded') return 0;
  return amount - refunds.reduce((sum, refund) => sum + (refund.cancelled ? 0 : refund.amount), 0);
}

/** A uuid that is the same for the same name on every machine (made as version 5 is). */
export function uuidOf(name: string): string {
  const hash = createHash('sha1').update(name).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
