import type { Written } from '../written.ts';

/** Other guests, other bookings, long stories, and words near to a Case that ask for none. */
export const otherPeople: readonly Written[] = [
  ['note', 'en', 'The Farnsbarrows come with us under a booking of their own, could we share a boat?'],
  ['note', 'en', 'No complaints at all about last year, it was wonderful!'],
  ['note', 'en', 'Nobody of us needs anything special, no wheelchair, no allergies.'],
  [
    'note',
    'en',
    `We have been planning this for years. ${'First came the boat, then the storm, then the baby. '.repeat(40)}`,
  ],
  ['answer', 'en', 'Same hotel as the others'],
  ['customer answer', 'en', 'Prefers to sit beside her sister'],
  ['note', 'es', 'Unos conocidos vienen con otra reserva, ¿podemos ir en el mismo barco?'],
  ['answer', 'es', 'Ninguna, gracias'],
  ['note', 'fr', 'Des gens que nous connaissons ont une autre réservation, pouvons-nous partir ensemble ?'],
  ['customer answer', 'fr', 'Préfère être assise à l’avant'],
  ['note', 'de', 'Bekannte von uns haben eine eigene Buchung, geht dasselbe Boot?'],
  ['customer answer', 'de', 'Sitzt gern vorne'],
  ['note', 'ja', '知り合いも別の予約で参加します。同じ船に乗れますか。'],
  ['answer', 'ja', '特になし'],
];
