import { describe, expect, it } from 'vitest';
import { redactorFor } from '../../../../functions/enrichment/understanding/redact.ts';
import { aBooking } from '../../shared/booking-fixture.ts';

const redact = redactorFor(aBooking(), { personal: [] });
const shown = (text: string) => redact?.(text) ?? expect.unreachable('nothing can be shown');

describe('a street address', () => {
  it.each([
    ['Please pick us up at 12 Ocean Drive, thanks', 'Please pick us up at [address], thanks'],
    ['we stay at 1600 pennsylvania avenue', 'we stay at [address]'],
    ['at 45b Old Harbour Road', 'at [address]'],
    ['Calle de Alcalá 45, piso 3', '[address], piso 3'],
    ['en la Avenida del Mar, 12', 'en la [address]'],
    ['Nous logeons au 14 rue de la Paix', 'Nous logeons au [address]'],
    ['Wir wohnen in der Hafenstraße 7a.', 'Wir wohnen in der [address].'],
    ['Unter der Lindenallee 120', 'Unter der [address]'],
    ['Via Roma 12', '[address]'],
    ['東京都千代田区丸の内1-9-1に泊まります', '[address]に泊まります'],
    ['〒100-0005', '[address]'],
  ])('%s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    '12 of us want to see the street art',
    'We are 5 and drive ourselves; 2 adults on the way',
    '3 kids, 2 dogs. The road was closed last time.',
    'Somos 4, venimos por la calle principal',
    'Wir sind 12 und kommen zu Fuß',
    'Nous sommes 6, dont 2 enfants',
    '2026-12-24, table 4, room 12',
    '大人2名、子供1名です',
    'Hotel Miramar, by the old harbour',
  ])('is not in %s', (text) => {
    expect(shown(text)).toBe(text);
  });
});
