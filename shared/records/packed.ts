import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { RetryableError } from '../errors/errors.ts';
import { WORDS_1 } from './packing-words.ts';

/*
 * A packed value: one byte for the format, two of its checksum, then raw deflate of its JSON, with the members of all
 * objects in one order. What the compressor may refer back to is WORDS_1 and after them the hint: the item's own key,
 * which the value repeats, and which nobody can change alone.
 */
const FORMAT = 1;
const HEAD_BYTES = 3;
const WORDS = Buffer.from(WORDS_1);
/** Far beyond an item of DynamoDB, which holds 400 KB packed: nothing that we wrote is as large. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The attribute that holds what is packed. */
export const PACKED = 'packed';

/**
 * Packs a value that JSON can hold; undefined members are left out.
 * @param hint the key under which it is stored, to be given again for unpacking.
 */
export function pack(value: object, hint: string): Uint8Array {
  const text = Buffer.from(JSON.stringify(inOrder(value)));
  const deflated = deflateRawSync(text, { level: 9, memLevel: 9, dictionary: wordsAnd(hint) });
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(FORMAT, 0);
  head.writeUInt16BE(checksumOf(text), 1);
  return Buffer.concat([head, deflated]);
}

/**
 * What was packed.
 * @param what names the item in the error, such as "booking" and its uuid; nothing of a guest.
 * @throws RetryableError `record.unreadable` where it is damaged, or of a format that a later deployment writes: the
 *   message waits for whoever puts that right.
 */
export function unpack(packed: Uint8Array, hint: string, what: string): object {
  const format = packed[0];
  if (format !== FORMAT) throw unreadable(what, `it is of the unknown format ${format ?? 'none'}`);
  const text = inflated(packed, hint);
  if (text === undefined || checksumOf(text) !== Buffer.from(packed).readUInt16BE(1)) {
    throw unreadable(what, 'it is damaged');
  }
  const value: unknown = JSON.parse(text.toString('utf8'));
  if (typeof value !== 'object' || value === null) throw unreadable(what, 'it holds no members');
  return value;
}

/** The item's attribute of packed bytes; undefined in an item that was written plain. */
export function packedIn(item: Readonly<Record<string, AttributeValue>>): Uint8Array | undefined {
  return item[PACKED]?.B;
}

function wordsAnd(hint: string): Buffer {
  return Buffer.concat([WORDS, Buffer.from(hint)]);
}

function inflated(packed: Uint8Array, hint: string): Buffer | undefined {
  try {
    return inflateRawSync(packed.subarray(HEAD_BYTES), { dictionary: wordsAnd(hint), maxOutputLength: MOST_BYTES });
  } catch {
    return undefined;
  }
}

function checksumOf(text: Buffer): number {
  return crc32(text) & 0xffff;
}

function unreadable(what: string, why: string): RetryableError {
  return new RetryableError('record.unreadable', `what is packed of ${what} cannot be read: ${why}`);
}

/** The same value with the members of its objects in one order, so that what is alike looks alike. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner)]));
}
