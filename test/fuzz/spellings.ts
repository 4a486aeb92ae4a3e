import type { JsonObject } from '../vendors/fareharbor/json.ts';
import { nasty } from './mutations.ts';
import type { Random } from './random.ts';

const NEST = 100_000;
/** No limit of ours: sizes are drawn on both sides of the largest body that is taken. */
const AROUND = 1_000_000;

/** Bytes that are no UTF-8: lone continuations, overlong forms, surrogates, cut sequences, what UTF-8 never has. */
const NO_UTF8 = ['80', 'c080', 'eda080', 'f0908d', 'ff', 'fe', 'c3', 'e228a1'].map((hex) => Buffer.from(hex, 'hex'));

type Spelling = (text: string, random: Random) => string | Buffer;

const insert = (text: string | Buffer, more: string | Buffer, at: number): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);
};
const inBooking = (text: string, more: string): string => text.replace('{"booking":{', () => `{"booking":{${more},`);
const nested = (random: Random): string =>
  random.chance(0.5) ? `${'['.repeat(NEST)}${']'.repeat(NEST)}` : `${'{"a":'.repeat(NEST)}1${'}'.repeat(NEST)}`;

/** Spellings that leave a booking a booking, most of them, however odd they look. */
const HARMLESS: readonly Spelling[] = [
  (text) => JSON.stringify(JSON.parse(text), null, 2),
  (text) => ` \r\n\t${text}\n`,
  (text) => text.replace('"booking"', '"\\u0062ooking"'),
  (text) => text.replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (text, random) => inBooking(text, `"uuid":${JSON.stringify(nasty(random))}`),
  (text, random) => inBooking(text, `"__proto__":{"uuid":${JSON.stringify(nasty(random))},"polluted":true}`),
  (text) => text.replace(/^\{/, '{"__proto__":{"booking":null},'),
  (text, random) => text.replace(/^\{/, `{"item":${JSON.stringify(nasty(random))},`),
  (text, random) => text.replace(/\}$/, `,"item":${JSON.stringify(nasty(random))}}`),
  (text, random) => text.replace(/\d{2,}/, random.pick(['1e999', '-0', '9'.repeat(400), '1E+2', '0.1e-400'])),
  (text) => text.replace(/"note":"/, '"note":"\\ud800\\u0000\\uffff'),
  (text, random) => insert(text, NO_UTF8[random.int(NO_UTF8.length)] ?? '', text.indexOf('"note":"') + 8),
];

/** What a broken sender, a broken network or a stranger makes of it. */
const HARMFUL: readonly Spelling[] = [
  (text, random) => text.slice(0, random.int(text.length)),
  (text, random) => insert(text, NO_UTF8[random.int(NO_UTF8.length)] ?? '', random.int(text.length)),
  (text) => `\ufeff${text}`,
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(text, 'latin1'),
  (text) => `${text}${text}`,
  (text) => `${text.slice(0, -1)},}`,
  (text) => `/* a body */ ${text}`,
  (text) => text.replaceAll('"', "'"),
  (text) => `payload=${encodeURIComponent(text)}`,
  (text) => JSON.stringify(text),
  (text) => `[${text}]`,
  (text) => text.replace(/"uuid":"[^"]*"/, '"uuid":"../../x"'),
  (text) => text.replace(/\{"booking":/, '{"booking":null,"booking":'),
  (text) => text.replace(/\}$/, ',"booking":null}'),
  (text, random) => {
    const bytes = Buffer.from(text);
    for (let flips = 1 + random.int(5); flips > 0; flips -= 1) bytes[random.int(bytes.length)] = random.int(256);
    return bytes;
  },
  (_, random) => Buffer.from(Array.from({ length: random.int(200) }, () => random.int(256))),
  (_, random) => JSON.stringify(nasty(random)),
];

/** Costly, so rare: sizes around the limit and nesting that overflows a recursive reader. */
const HUGE: readonly Spelling[] = [
  (_, random) => nested(random),
  (text, random) => inBooking(text, `"deep":${nested(random)}`),
  (text, random) => text.padEnd(AROUND - 2 + random.int(5)),
  (text, random) =>
    inBooking(text, `"long":"${random.pick(['x', '漢', '😀', '\\u0000'] as const).repeat(random.int(AROUND / 4))}"`),
  (text) => `${text}${' '.repeat(2 * AROUND)}`,
];

/** The bytes of a body that says `json`, or was to say it. */
export function spelled(json: JsonObject, random: Random): Buffer {
  const text = JSON.stringify(json);
  if (random.chance(0.002)) return apply(HUGE, text, random);
  if (random.chance(0.3)) return apply(HARMLESS, text, random);
  if (random.chance(0.3)) return apply(HARMFUL, text, random);
  return Buffer.from(text);
}

function apply(spellings: readonly Spelling[], text: string, random: Random): Buffer {
  return Buffer.from(spellings[random.int(spellings.length)]?.(text, random) ?? text);
}
