import type { Written } from '../written.ts';
import { brokenJson } from './broken-json.ts';
import { directOrders } from './direct-orders.ts';
import { falseSystemText } from './false-system-text.ts';
import { hiddenCharacters } from './hidden-characters.ts';
import { importantPeople } from './important-people.ts';
import { linksAndMarkup } from './links-and-markup.ts';
import { mergeTags } from './merge-tags.ts';
import { otherGuests } from './other-guests.ts';
import { rolePlay } from './role-play.ts';
import { veryLong } from './very-long.ts';
import { withPlainWords } from './with-plain-words.ts';

/** All attacks by kind. */
export const ATTACKS: Readonly<Record<string, readonly Written[]>> = {
  'direct orders': directOrders,
  'role play': rolePlay,
  'false system text': falseSystemText,
  'broken JSON': brokenJson,
  'hidden characters': hiddenCharacters,
  'merge tags': mergeTags,
  'links and markup': linksAndMarkup,
  'important people': importantPeople,
  'other guests': otherGuests,
  'very long': veryLong,
  'with plain words': withPlainWords,
};
