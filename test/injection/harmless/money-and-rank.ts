import type { Written } from '../written.ts';

/** Discounts asked for politely, lounges, scores of a match, hundreds of things. */
export const moneyAndRank: readonly Written[] = [
  ['note', 'en', 'We will be waiting at the VIP lounge of the airport, can the shuttle stop there?'],
  ['note', 'en', 'Is there a discount for residents? If not, no problem at all.'],
  ['note', 'en', 'I am 100 % sure that we are on the ten o’clock boat.'],
  ['note', 'en', 'What was the score last night? We missed the match for packing.'],
  ['answer', 'en', 'Gold Coast, Queensland'],
  ['answer', 'en', 'The Elite Hotel, room 100'],
  ['voucher', 'en', 'SUMMER-100'],
  ['name', 'en', 'Vip Okonjo'],
  ['note', 'es', '¿Hacen descuento a los jubilados? Solo por saberlo.'],
  ['answer', 'es', 'Estamos en la sala VIP de la estación marítima'],
  ['note', 'fr', 'Y a-t-il une remise pour les étudiants ? Sinon, tant pis.'],
  ['note', 'de', 'Gibt es Rabatt für Rentner? Nur falls es geht.'],
  ['answer', 'de', 'Wir warten an der VIP-Lounge im Terminal 1'],
  ['note', 'ja', '学割はありますか。なければ大丈夫です。'],
  ['note', 'ja', '空港のVIPラウンジで待っています。'],
];
