const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The 18-character form of a 15-character id: each of the three last characters tells which of five
 * characters are capital letters, so that the id survives software that ignores case.
 */
export function longId(short: string): string {
  let suffix = '';
  for (let chunk = 0; chunk < 3; chunk += 1) {
    let bits = 0;
    for (let bit = 0; bit < 5; bit += 1) {
      const code = short.charCodeAt(chunk * 5 + bit);
      if (code >= 65 && code <= 90) bits |= 1 << bit;
    }
    suffix += ALPHABET.charAt(bits);
  }
  return short + suffix;
}

/** The 18-character id for what a caller sent: 15 or 18 letters and digits; undefined when it is neither. */
export function toId(text: string): string | undefined {
  if (!/^(?:[\da-zA-Z]{15}|[\da-zA-Z]{18})$/.test(text)) return undefined;
  const id = longId(text.slice(0, 15));
  return text.length === 15 || text === id ? id : undefined;
}

/** The nth id of an object: its prefix, the org's three characters, and the number in base 62. */
export function makeId(prefix: string, number: number): string {
  let digits = '';
  for (let rest = number; digits.length < 9; rest = Math.floor(rest / 62)) digits = DIGITS.charAt(rest % 62) + digits;
  return longId(`${prefix}HL0${digits}`);
}
