import { type CountryCode, findPhoneNumbersInText, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Booking } from '../../../shared/booking/booking.ts';
import { visible } from './folding.ts';
import type { GuestWords } from './guest-words.ts';
import { STREET_ADDRESSES } from './street-addresses.ts';

/**
 * Tokens that stand in for personal data. They name the kind and nothing else, so that the same text gives the same
 * tokens whoever the guest is, and a corrected name is no new text to read.
 */
const TOKENS = {
  name: '[name]',
  email: '[e-mail]',
  phone: '[phone]',
  id: '[id]',
  link: '[link]',
  number: '[number]',
  handle: '[handle]',
  address: '[address]',
} as const;
type Kind = keyof typeof TOKENS;
const KINDS = Object.keys(TOKENS).filter((kind): kind is Kind => kind in TOKENS);

/** While the text is being worked on, each token is one private-use character, which no later pattern can match. */
const FIRST_MARK = 0xe000;
const markOf = (kind: Kind): string => String.fromCodePoint(FIRST_MARK + KINDS.indexOf(kind));

const NOT_IN_WORD = { before: '(?<![\\p{L}\\p{N}])', after: '(?![\\p{L}\\p{N}])' };
const SEPARATORS = '[\\s().\\-/]{0,3}';

const UUID = /[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}/gi;
const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"']{1,2000}/gi;
const EMAIL =
  /[\p{L}\p{N}._%+'-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\p{L}\p{N}-]{1,63}(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\p{L}\p{N}-]{1,63}){1,6}/giu;
const SPELLED_EMAIL = /[\p{L}\p{N}._-]{1,64} at [\p{L}\p{N}-]{1,63}(?: dot [\p{L}\p{N}-]{1,63}){1,4}/giu;
const HANDLE = /(?<![\p{L}\p{N}])@[\p{L}\p{N}_.]{2,40}/gu;
/** Scripts that write words together, or join small words to a name. */
const UNBOUNDED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Arabic}\p{Script=Hebrew}]/u;
/** Digits with at most two separators between any two of them. */
const DIGITS = /\+?\(?\d(?:[\s().\-/]{0,2}\d){5,30}/g;
const DATE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))$/;

/** Characters of one name, id or personal answer; the engine refuses the pattern of a much longer one. */
const LONGEST_KNOWN = 1_000;
/** Characters of all of them together: enough for the names of a coach party, and looked for within a second. */
const MOST_KNOWN = 5_000;

/** Hides personal data in one text. */
export type Redactor = (text: string) => string;

/**
 * The redactor of one booking: first everything we know to be personal in it (names, e-mail, telephone, voucher and
 * other ids, answers to personal questions), then whatever else looks so (addresses of all kinds, numbers, links).
 *
 * Undefined where more is personal than can be looked for: nothing of such a booking may be shown to anybody.
 */
export function redactorFor(booking: Booking, { personal }: Pick<GuestWords, 'personal'>): Redactor | undefined {
  const told = personalOf(booking, personal);
  const lengths = Object.values(told).flatMap((texts) => texts.map((text) => visible(text ?? '').length));
  const all = lengths.reduce((sum, length) => sum + length, 0);
  if (all > MOST_KNOWN || lengths.some((length) => length > LONGEST_KNOWN)) return undefined;
  const known = knownPatterns(booking, told);
  const country = parsePhoneNumberFromString(booking.contact.phone ?? '')?.country;
  return (text) => {
    let marked = visible(text).normalize('NFD');
    const hints = hintsOf(marked);
    for (const { mayOccur, pattern, kind } of known) {
      if (mayOccur(hints)) marked = marked.replace(pattern(), markOf(kind));
    }
    marked = marked
      .normalize('NFC')
      .replace(UUID, markOf('id'))
      .replace(LINK, markOf('link'))
      .replace(EMAIL, markOf('email'))
      .replace(SPELLED_EMAIL, markOf('email'))
      .replace(HANDLE, markOf('handle'));
    for (const pattern of STREET_ADDRESSES) marked = marked.replace(pattern, markOf('address'));
    marked = hidePhones(marked, country).replace(DIGITS, hideDigits);
    return KINDS.reduce((shown, kind) => shown.replaceAll(markOf(kind), TOKENS[kind]), marked);
  };
}

interface Known {
  readonly kind: Kind;
  /** False only where the pattern cannot match: compiling one costs a hundred times what this look does. */
  readonly mayOccur: (hints: Hints) => boolean;
  readonly pattern: () => RegExp;
}

/** A text by what decides quickly whether something can stand in it. */
interface Hints {
  /** Lower-case, without any mark. */
  readonly letters: string;
  readonly digits: string;
}

function hintsOf(decomposed: string): Hints {
  return { letters: withoutMarks(decomposed), digits: decomposed.replace(/\D/g, '') };
}

const withoutMarks = (decomposed: string): string => decomposed.toLowerCase().replace(/\p{M}/gu, '');

/** The text up to the first character that its pattern takes in more than one form, as `Hints.letters` would show it. */
function plainStart(text: string): string {
  const decomposed = text.normalize('NFD').toLowerCase();
  const plain = /^(?:(?![aou]\p{M}*\u0308)[a-z0-9]\p{M}*)*/u.exec(decomposed)?.[0] ?? '';
  return withoutMarks(plain);
}

function startsPlainly(text: string): Known['mayOccur'] {
  const start = plainStart(text);
  return ({ letters }) => letters.includes(start);
}

type Personal = Readonly<Record<'names' | 'others' | 'ids', readonly (string | null)[]>>;

function personalOf(booking: Booking, personal: GuestWords['personal']): Personal {
  const answered = (wanted: boolean) => personal.filter(({ isName }) => isName === wanted).map(({ value }) => value);
  const { uuid, rebookedFrom, rebookedTo, voucher, externalId, displayId, orderDisplayId, pk } = booking;
  const numbers = [displayId, orderDisplayId, pk === null ? null : String(pk)];
  return {
    names: [booking.contact.name, booking.agent, ...answered(true)],
    others: answered(false),
    ids: [uuid, rebookedFrom, rebookedTo, voucher, externalId, ...numbers],
  };
}

function knownPatterns({ contact }: Booking, { names, others, ids }: Personal): Known[] {
  const known = [
    ...[contact.email, contact.email?.split('@')[0]].flatMap((text) => literal(text, 'email', 4)),
    ...phonePatterns(contact.phone),
    ...others.flatMap((text) => literal(text, 'id', 4)),
    ...ids.flatMap((text) => literal(text, 'id', 4)),
    ...names.flatMap(namePatterns),
  ];
  return known.map((one) => ({ ...one, pattern: once(one.pattern) }));
}

/** Compiled for the first text that needs it, and kept for the booking's other texts. */
function once(compile: () => RegExp): () => RegExp {
  let compiled: RegExp | undefined;
  return () => {
    compiled ??= compile();
    return compiled;
  };
}

function literal(text: string | null | undefined, kind: Kind, shortest: number): Known[] {
  const trimmed = visible(text ?? '').trim();
  if (trimmed.length < shortest) return [];
  const pattern = () => new RegExp(`${NOT_IN_WORD.before}${accentFree(trimmed)}${NOT_IN_WORD.after}`, 'giu');
  return [{ kind, mayOccur: startsPlainly(trimmed), pattern }];
}

/** The last seven digits with anything usual between and before them: however the guest wrote the number. */
function phonePatterns(phone: string | null): Known[] {
  const digits = (phone ?? '').replace(/\D/g, '');
  if (digits.length < 7) return [];
  const last = digits.slice(-7);
  const tail = Array.from(last).join(SEPARATORS);
  const pattern = () => new RegExp(`\\+?\\(?(?:\\d${SEPARATORS}){0,9}${tail}(?!\\d)`, 'gu');
  return [{ kind: 'phone', mayOccur: (hints) => hints.digits.includes(last), pattern }];
}

/**
 * The whole name, then each of its parts. Parts of up to three Latin letters only as written with a capital ("Al", not
 * Spanish "al"). In scripts
 * that write words together there is no boundary to look for, and the usual length of a family name counts as well.
 */
function namePatterns(name: string | null): Known[] {
  const whole = visible(name ?? '').trim();
  const parts = whole.split(/[\s,.;&/()"]+/u).flatMap((part) => [part, ...part.split('-')]);
  const wanted = [...new Set([whole, ...parts.flatMap(withFamilyName)])].sort((a, b) => b.length - a.length);
  return wanted.flatMap((part): Known[] => {
    const length = Array.from(part).length;
    if (length < 2 || !/\p{L}/u.test(part)) return [];
    const mayOccur = startsPlainly(part);
    if (UNBOUNDED.test(part)) return [{ kind: 'name', mayOccur, pattern: () => new RegExp(accentFree(part), 'giu') }];
    if (length > 3 || !/\p{Script=Latin}/u.test(part)) return literal(part, 'name', 2);
    const capital = accentFree(`${part.slice(0, 1).toUpperCase()}${part.slice(1).toLowerCase()}`);
    const body = `(?:${capital}|${accentFree(part.toUpperCase())})`;
    const pattern = () => new RegExp(`${NOT_IN_WORD.before}${body}${NOT_IN_WORD.after}`, 'gu');
    return [{ kind: 'name', mayOccur, pattern }];
  });
}

function withFamilyName(part: string): string[] {
  const characters = Array.from(part);
  const isUnspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]{3,}$/u.test(part);
  return isUnspaced ? [part, characters.slice(0, 2).join(''), characters.slice(2).join('')] : [part];
}

/** A pattern that matches the text, decomposed, with or without its accents, umlauts also as "ue". */
function accentFree(text: string): string {
  const letters = text.normalize('NFD').matchAll(/(\P{M})(\p{M}*)/gsu);
  return [...letters].map(([, letter = '', marks = '']) => `${letterPattern(letter, marks)}\\p{M}*`).join('');
}

function letterPattern(letter: string, marks: string): string {
  if (/\s/u.test(letter)) return '\\s+';
  if (/['’ʼ`]/u.test(letter)) return "['’ʼ`]";
  if (letter === 'ß') return '(?:ß|ss)';
  if (/[aou]/i.test(letter) && marks.includes('\u0308')) return `${letter}(?:\\u0308|e)?`;
  return letter.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** The shortest telephone numbers of any country have four digits. */
const SHORTEST_PHONE = 4;

function hidePhones(text: string, country: CountryCode | undefined): string {
  if (text.replace(/\P{Nd}/gu, '').length < SHORTEST_PHONE) return text;
  const found = findPhoneNumbersInText(text, country === undefined ? {} : { defaultCountry: country });
  return found.reduceRight(
    (rest, { startsAt, endsAt }) => `${rest.slice(0, startsAt)}${markOf('phone')}${rest.slice(endsAt)}`,
    text,
  );
}

/** Six digits in a row, or seven with separators, are somebody's number; a date is not. */
function hideDigits(run: string): string {
  const longest = Math.max(...run.split(/\D+/).map(({ length }) => length));
  const digits = run.replace(/\D/g, '').length;
  if (DATE.test(run)) return run;
  return longest >= 6 || digits >= 7 ? markOf('number') : run;
}
