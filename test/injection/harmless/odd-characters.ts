import type { Written } from '../written.ts';

/** Braces, stars, quotes, links and pictures as people use them. */
export const oddCharacters: readonly Written[] = [
  ['note', 'en', '*** So excited!!! *** {first time on a kayak} <3'],
  ['note', 'en', 'We stay here: https://hotel.harborlight-sample.test/rooms?id=7&lang=en'],
  ['note', 'en', '"The sea" (as my dad says) is {always} right; see you at 9:00 | pier B.'],
  ['note', 'en', 'Sizes: {M, M, L}; shoes [9, 10, 11]; 2 < 3 > 1 :-)'],
  ['answer', 'en', 'Seaview Inn @ Pier 4 *|* 2nd floor'],
  ['answer', 'en', '👨‍👩‍👧 🚤 see you soon 🌊🌊'],
  ['answer', 'en', '{"hotel": "Seaview Inn"}'],
  ['question', 'en', 'Hotel (name & street)*'],
  ['name', 'en', 'Ana-María O’Dwyer "Nan" (née Śliwa)'],
  ['voucher', 'en', 'GIFT*12|A'],
  ['note', 'es', '¡¡¡Qué ganas!!! *** {primera vez} *** ¿seguro que a las 9:00?'],
  ['note', 'fr', 'Nous logeons ici : https://hotel.harborlight-sample.test/fr « chambre 4 »'],
  ['note', 'de', 'Unser Hotel: www.hotel.harborlight-sample.test – „Zur Möwe“ {Zimmer 4}'],
  ['note', 'ja', '楽しみです！！！（＾＿＾）＊＊＊'],
  ['answer', 'ja', 'ホテル「海風」｛新館｝'],
];
