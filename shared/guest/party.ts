import type { Booking } from '../booking/booking.ts';
import type { PartyKind } from './totals-shape.ts';

/** As many make a group, whoever they are. */
const GROUP_FROM = 10;

const YOUNG =
  /\b(child|kid|infant|toddler|baby|youth|junior|teen|ni[ñn]|beb[eé]|enfant|b[eé]b[eé]|kind|jugend)|子供|子ども|こども|幼児|小学生|赤ちゃん/i;

/** Whether a customer type is named for the young, in the languages operators name theirs in. */
export const isYoung = (type: string): boolean => YOUNG.test(type);

/** What kind of party a booking is for, by the customers' types as the operator named them. */
export function partyOf({ partySize, customers }: Booking): PartyKind {
  if (partySize >= GROUP_FROM) return 'group';
  const types = customers.flatMap(({ type }) => type ?? []);
  if (types.length === 0) return 'unknown';
  return types.some(isYoung) ? 'family' : 'adults';
}
