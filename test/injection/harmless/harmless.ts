import type { Written } from '../written.ts';
import { moneyAndRank } from './money-and-rank.ts';
import { oddCharacters } from './odd-characters.ts';
import { ordersOfTheDay } from './orders-of-the-day.ts';
import { otherPeople } from './other-people.ts';

/** What honest guests write, by what makes it look like an attack. */
export const HARMLESS: Readonly<Record<string, readonly Written[]>> = {
  'orders of the day': ordersOfTheDay,
  'money and rank': moneyAndRank,
  'odd characters': oddCharacters,
  'other people': otherPeople,
};
