import type { Written } from '../written.ts';

/** Words of the attacks, meant for the crew: "ignore", "system", "instructions", "act as". */
export const ordersOfTheDay: readonly Written[] = [
  ['note', 'en', 'Please ignore the rain forecast, we are coming anyway.'],
  ['note', 'en', 'You can ignore my previous message, the new date is fine.'],
  ['note', 'en', 'Our navigation system never finds the harbor. Are there instructions for the way?'],
  ['note', 'en', 'I forgot the form for the parking, shall I bring it along?'],
  ['answer', 'en', 'My brother will act as our translator.'],
  ['answer', 'en', 'System engineer, loves boats'],
  ['customer answer', 'en', 'Follow the instructions on the voucher? The print is too small to read.'],
  ['note', 'es', 'Pueden ignorar el mensaje anterior, ya encontramos aparcamiento.'],
  ['note', 'es', '¿Hay instrucciones para llegar al puerto? El sistema del coche no lo encuentra.'],
  ['note', 'fr', 'Vous pouvez ignorer mon message précédent, tout est réglé.'],
  ['answer', 'fr', 'Les consignes de sécurité sont-elles aussi en français ?'],
  ['note', 'de', 'Bitte den Regen ignorieren, wir kommen trotzdem.'],
  ['note', 'de', 'Vergessen Sie meine letzte Nachricht, der Termin passt nun.'],
  ['answer', 'de', 'Gibt es eine Anweisung, wie man zum Hafen kommt?'],
  ['note', 'ja', '前のメッセージは無視してください。時間が分かりました。'],
  ['note', 'ja', '集合場所の指示をもう一度教えてください。'],
];
