import { type Money, moneySchema } from '../../../shared/booking/money.ts';
import { parseZonedTime, type ZonedTime } from '../../../shared/booking/zoned-time.ts';

/** More than any real field needs; it keeps a record far below DynamoDB's 400 KB. */
const LONGEST_TEXT = 8_000;
const LONGEST_LIST = 1_000;
/** A sum of all that a body of 1 MB can hold stays an exact integer. */
const LARGEST_AMOUNT = 100_000_000_000;

/**
 * Reads FareHarbor's JSON field by field and never throws: what is missing or of the wrong type is left out, and its
 * path is noted. Absent, null and the text "null" (seen in production) all mean "not told" and are no fault.
 */
export class BodyReader {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #unusable: Set<string>;

  constructor(value: unknown, path = '', unusable: Set<string> = new Set()) {
    this.#value = isObject(value) ? value : {};
    this.#path = path;
    this.#unusable = unusable;
  }

  /** Paths that were there but of no use, in the order they were met. */
  get unusable(): string[] {
    return [...this.#unusable];
  }

  /** Notes that the field's content was of no use. */
  reject(field: string): null {
    // Bounded: a hostile body can hold as many faults as bytes.
    if (this.#unusable.size < 50) this.#unusable.add(this.#path === '' ? field : `${this.#path}.${field}`);
    return null;
  }

  /** The field's value as it stands. */
  raw(field: string): unknown {
    return this.#told(field);
  }

  text(field: string): string | null {
    const value = this.#told(field);
    if (value === null) return null;
    if (typeof value !== 'string') return this.reject(field);
    const text = unescaped(value).toWellFormed().trim();
    if (text.length > LONGEST_TEXT) this.reject(field);
    return text === '' ? null : text.slice(0, LONGEST_TEXT);
  }

  integer(field: string): number | null {
    const value = this.#told(field);
    if (value === null) return null;
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.reject(field);
  }

  flag(field: string): boolean | null {
    const value = this.#told(field);
    if (value === null) return null;
    return typeof value === 'boolean' ? value : this.reject(field);
  }

  time(field: string): ZonedTime | null {
    const text = this.text(field);
    return text === null ? null : (parseZonedTime(text) ?? this.reject(field));
  }

  /** An amount in the currency's smallest unit. */
  money(field: string, currency: string): Money | null {
    const amount = this.integer(field);
    if (amount === null) return null;
    return Math.abs(amount) <= LARGEST_AMOUNT ? moneySchema.parse({ amount, currency }) : this.reject(field);
  }

  /** One of the words; anything else is noted. */
  word<Word extends string>(field: string, words: readonly Word[]): Word | null {
    const text = this.text(field);
    return text === null ? null : (words.find((word) => word === text) ?? this.reject(field));
  }

  /** The object in the field; null where there is none. */
  object(field: string): BodyReader | null {
    const value = this.#told(field);
    if (value === null) return null;
    return isObject(value) ? this.#inner(value, field) : this.reject(field);
  }

  /** The object in the field, or an empty one, so that its fields can be asked all the same. */
  part(field: string): BodyReader {
    return this.object(field) ?? this.#inner({}, field);
  }

  /** The objects of the list in the field, empty where there is none; other entries are noted. */
  list(field: string): BodyReader[] {
    return this.listIfTold(field) ?? [];
  }

  /** As `list`, but null where the body says nothing of it. */
  listIfTold(field: string): BodyReader[] | null {
    const value = this.#told(field);
    if (value === null) return null;
    if (!Array.isArray(value)) return this.reject(field);
    if (value.length > LONGEST_LIST) this.reject(field);
    return value.slice(0, LONGEST_LIST).flatMap((entry: unknown, index) => {
      const name = `${field}.${index}`;
      if (isObject(entry)) return [this.#inner(entry, name)];
      this.reject(name);
      return [];
    });
  }

  #inner(value: unknown, field: string): BodyReader {
    return new BodyReader(value, this.#path === '' ? field : `${this.#path}.${field}`, this.#unusable);
  }

  #told(field: string): unknown {
    const value = Object.hasOwn(this.#value, field) ? this.#value[field] : null;
    return value === undefined || value === 'null' ? null : value;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Unicode that was escaped twice on its way, such as `caf\\u00e9`. */
function unescaped(text: string): string {
  if (!text.includes('\\u')) return text;
  return text.replace(/\\u([0-9a-fA-F]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
