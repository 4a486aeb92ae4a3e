import { bodyTypes } from '../vendors/fareharbor/body.ts';
import { bookingBody } from '../vendors/fareharbor/booking-body.ts';
import { deviations } from '../vendors/fareharbor/deviations.ts';
import { createFareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import type { JsonObject } from '../vendors/fareharbor/json.ts';
import type { BookingInput } from '../vendors/fareharbor/record.ts';

/** The invented guest's name: wherever it turns up in a log, something personal has leaked. */
export const GUEST_NAME = 'Quillfeather';
const EMAIL = 'quillfeather@guests.test';

const INPUTS: readonly BookingInput[] = [
  { contact: { name: `Ada ${GUEST_NAME}`, email: EMAIL }, note: 'It is our anniversary, and one of us is vegan.' },
  { contact: { name: `渡辺 ${GUEST_NAME}`, email: EMAIL }, company: 'umi-tours', note: 'よろしくお願いします 🌊' },
  {
    contact: { name: `نور ${GUEST_NAME}`, email: '' },
    party: { Adult: 6, Child: 2 },
    affiliate: { shortname: 'lagoon-travel', name: 'Lagoon Travel', currency: 'USD' },
    voucher: 'LT-7731',
    agent: 'Front Desk',
    pickup: 'Pier 4',
  },
];

/** Bodies as FareHarbor sends them: all four types, as published and with every deviation seen in production. */
export function realBookings(): JsonObject[] {
  return INPUTS.flatMap((input) =>
    bodyTypes.flatMap((bodyType) => [
      bookingBody(input, { bodyType, paid: true }),
      bookingBody({ ...input, deviations: [...deviations] }, { bodyType }),
    ]),
  );
}

/** The notification that an item has changed. */
export function realItem(): JsonObject {
  const fareHarbor = createFareHarbor();
  const [company] = fareHarbor.account.companies.values();
  const [item] = company?.items ?? [];
  if (company === undefined || item === undefined) throw new Error('the stand-in sells nothing');
  return JSON.parse(fareHarbor.itemBody(company.shortname, item.pk));
}
