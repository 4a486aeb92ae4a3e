import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CatalogueEntry } from '../../../shared/settings/settings.ts';
import { fold } from './folding.ts';

/** More than these say nothing about a guest. */
const MOST = 10;
/** Tours that are read, the most taken: a concierge books everything, and has no more than ten interests either. */
const MOST_TOURS = 50;

/** Activities that tours are named after, for operators whose catalogue says less: interest → words in an item's name. */
const ACTIVITIES: Readonly<Record<string, RegExp>> = {
  kayak: /kayak|paddl|canoe|canoa|カヤック/,
  snorkel: /snorkel|esnorquel|schnorchel|シュノーケ/,
  diving: /scuba|\bdiv(e|ing)\b|buceo|plongee|tauch|ダイビング/,
  whale: /whale|ballena|baleine|\bwale?\b|クジラ|ホエール/,
  sunset: /sunset|atardecer|coucher de soleil|sonnenuntergang|夕日|サンセット/,
  sailing: /\bsail|catamaran|\bvela\b|voilier|segel|ヨット/,
  fishing: /fishing|pesca|\bpeche\b|angeln|釣り/,
  hiking: /\bhik|\btrek|senderismo|randonnee|wander|ハイキング/,
  food: /\bfood\b|tasting|culinary|dinner|gastronom|degustation|verkostung|グルメ/,
  wine: /\bwine|vino|\bvin\b|wein|ワイン/,
};

/**
 * What the guest likes, by the tours they took (most taken first) and the one at hand: the interests of the operator's
 * catalogue and the activities in the tours' names. Only the operator's own words are read.
 */
export function interestsOf(booking: Booking, profile: GuestProfile, catalogue: readonly CatalogueEntry[]): string[] {
  const names = [...profile.favouriteItems.slice(0, MOST_TOURS), booking.item.name].map(fold);
  const taken = new Set([...profile.itemPks, ...(booking.item.pk === null ? [] : [booking.item.pk])]);
  const ofEntries = catalogue
    .filter(({ itemPk, name }) => (itemPk !== null && taken.has(itemPk)) || names.includes(fold(name)))
    .flatMap(({ interests }) => interests);
  const wanted = [...new Set(catalogue.flatMap(({ interests }) => interests))];
  const named = names.flatMap((name) => [
    ...wanted.filter((interest) => mentions(name, interest)),
    ...Object.entries(ACTIVITIES).flatMap(([activity, pattern]) => (pattern.test(name) ? [activity] : [])),
  ]);
  return [...new Map([...named, ...ofEntries].map((interest) => [fold(interest), interest])).values()].slice(0, MOST);
}

/** Whether a folded text speaks of an interest: a word of it begins so ("snorkel" in "Snorkelling at Seal Cove"). */
export function mentions(folded: string, interest: string): boolean {
  const word = fold(interest).trim();
  if (word.length < 2) return false;
  if (/(?!\p{Script=Latin})\p{L}/u.test(word)) return folded.includes(word);
  for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(folded[at - 1] ?? '')) return true;
  }
  return false;
}
