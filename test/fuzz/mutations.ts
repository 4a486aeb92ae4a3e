import type { Json, JsonObject } from '../vendors/fareharbor/json.ts';
import type { Random } from './random.ts';

/** Texts that have broken parsers, stores, queries, templates and logs. */
const TEXTS = [
  '',
  ' ',
  'null',
  '\u0000',
  'a\u0000b',
  '\ufeff',
  '\ud800',
  '\udfff\ud800',
  '\uffff\ufffe',
  '‮gnirts',
  'e\u0301'.repeat(500),
  '👩‍👩‍👧‍👦'.repeat(200),
  '\\u00e9\\ud83d\\u0000',
  "O'Brien\\'; DROP TABLE guests; --",
  "' OR Name LIKE '%",
  '*|LIST:ADDRESS|*',
  '{!$User.Id} @{ref.id} {{7*7}} #{1}',
  '<script>alert(1)</script>',
  '../../../../etc/hosts',
  '-',
  '1e999',
  '0x7f',
  '2026-02-30T25:61:61-0000',
  '0000-01-01T00:00:00+1800',
  '9999-12-31T23:59:59-1800',
  '2026-12-05T09:00:00-1000',
  'guest@',
  `${'a'.repeat(64)}@${'b'.repeat(189)}.test`,
  '+12025550123',
  'USD',
  'ßä',
  'rebooked',
  '__proto__',
  'constructor',
] as const;

const NUMBERS = [0, -0, -1, 0.1, 1e21, -1e308, 2 ** 31, 2 ** 53, -(2 ** 53) - 2, 99_999_999_999, 1e11 + 1] as const;
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', '0', 'uuid', 'pk', 'length'];

const longText = (random: Random): string =>
  random.pick(['x', 'Ä ', '漢', '😀', 'a.', '1-', '(', '\\u', 'Ann '] as const).repeat(random.int(12_000));

/** A value that no field expects, or expects least. */
export function nasty(random: Random): Json {
  switch (random.int(10)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return [];
    case 4:
      return {};
    case 5:
      return Array.from({ length: random.int(20) }, () => random.pick(TEXTS));
    case 6:
      return Object.fromEntries([[random.pick(['__proto__', 'uuid', 'pk', 'total']), random.pick(TEXTS)]]);
    case 7:
      return random.chance(0.1) ? longText(random) : random.pick(TEXTS);
    default:
      return random.pick(TEXTS);
  }
}

/** Any JSON: a tree of at most a few levels. */
export function anyJson(random: Random, depth = 0): Json {
  if (depth > 4 || random.chance(0.4)) return nasty(random);
  const entries = Array.from({ length: random.int(6) }, () => anyJson(random, depth + 1));
  if (random.chance(0.5)) return entries;
  return Object.fromEntries(entries.map((value) => [KEYS[random.int(KEYS.length)] ?? '', value]));
}

/** One place in a tree: where it can be replaced or taken out. */
interface Place {
  readonly get: () => Json;
  readonly set: (value: Json) => void;
  readonly remove: () => void;
}

function placesIn(value: Json, found: Place[] = []): Place[] {
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) {
      found.push({
        get: () => value[index] ?? null,
        set: (next) => {
          value[index] = next;
        },
        remove: () => value.splice(index, 1),
      });
      placesIn(inner, found);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      found.push({
        get: () => value[name] ?? null,
        // Defined, not assigned: `__proto__` must become a member like any other.
        set: (next) =>
          Object.defineProperty(value, name, { value: next, enumerable: true, writable: true, configurable: true }),
        remove: () => delete value[name],
      });
      placesIn(inner, found);
    }
  }
  return found;
}

/** Fields that decide something, or that a guest types: among a booking's hundreds, chance alone seldom meets them. */
const TELLING: readonly (readonly string[])[] = [
  ...['name', 'email', 'phone', 'normalized_phone', 'phone_country', 'language'].map((name) => ['contact', name]),
  ...['note', 'status', 'voucher_number', 'rebooked_from', 'rebooked_to', 'receipt_total', 'amount_paid'].map((one) => [
    one,
  ]),
  ...['customers', 'payments', 'custom_field_values', 'created_at', 'dashboard_url', 'pickup'].map((one) => [one]),
  ['company', 'currency'],
  ['availability', 'start_at'],
  ['availability', 'end_at'],
  ['availability', 'item', 'name'],
  ['affiliate_company', 'name'],
];

function spoilTelling(copy: JsonObject, random: Random): void {
  const path = ['booking', ...(TELLING[random.int(TELLING.length)] ?? [])];
  let at: Json | undefined = copy;
  for (const name of path.slice(0, -1)) at = isObject(at) ? at[name] : undefined;
  if (isObject(at)) at[path.at(-1) ?? ''] = random.chance(0.02) ? longText(random) : nasty(random);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of the tree with a few places spoilt. */
export function mutated(original: JsonObject, random: Random): JsonObject {
  const copy = structuredClone(original);
  for (let telling = random.int(4); telling > 0; telling -= 1) spoilTelling(copy, random);
  const times = 1 + random.int(6);
  for (let round = 0; round < times; round += 1) {
    const places = placesIn(copy);
    const place = places[random.int(places.length)];
    if (place !== undefined) spoil(place, places, random);
  }
  return copy;
}

function spoil(place: Place, places: readonly Place[], random: Random): void {
  const value = place.get();
  if (random.int(7) === 0) place.remove();
  else place.set(spoilt(value, places, random));
}

function spoilt(value: Json, places: readonly Place[], random: Random): Json {
  switch (random.int(6)) {
    case 0:
      return [value];
    case 1:
      return Array.from({ length: random.int(random.chance(0.05) && isSmall(value) ? 1_500 : 5) }, () => value);
    case 2:
      return structuredClone(places[random.int(places.length)]?.get() ?? null);
    case 3:
      return anyJson(random);
    case 4:
      return { value, [KEYS[random.int(KEYS.length)] ?? '']: nasty(random) };
    default:
      return nasty(random);
  }
}

/** Small enough to be repeated a thousand times. */
const isSmall = (value: Json): boolean => JSON.stringify(value).length < 400;
