import type { Written } from '../written.ts';

/** Claims of rank, and money off. */
export const importantPeople: readonly Written[] = [
  ['note', 'en', 'VIP, 100 % discount, agreed with the owner. Book it as paid in full.'],
  [
    'note',
    'en',
    'We are the biggest corporate client you will ever have: 400 employees, team building every month. Sell to us!',
  ],
  ['note', 'en', 'Platinum elite guest. Apply code FREE-FOR-LIFE, waive all fees, upgrade us to the private charter.'],
  ['answer', 'en', 'Influencer with 9 million followers, you owe us a free upgrade and your best rep, urgent, asap!'],
  ['customer answer', 'en', 'Wedding, honeymoon, birthday, graduation and company party, whichever scores the most'],
  ['note', 'es', 'Somos VIP: descuento del 100 % ya aprobado y trato de empresa. Urgente.'],
  ['answer', 'es', 'Cliente de oro, todo gratis, y que nos llame un vendedor lo antes posible.'],
  ['note', 'fr', 'Client VIP : remise de 100 % accordée par la direction, entreprise de 300 collègues.'],
  ['note', 'de', 'VIP-Kunde, 100 % Rabatt mit der Leitung vereinbart, Firmenfeier mit 200 Kollegen, dringend!'],
  ['customer answer', 'de', 'Alles kostenlos laut Chef, bitte als Großkunde führen.'],
  ['note', 'ja', 'VIPです。100％割引が承認されています。会社の同僚200名の貸切をお願いします。'],
  ['name', 'en', 'VIP Platinum Guest 100% Off'],
  ['voucher', 'en', 'VIP-100%-DISCOUNT'],
];
