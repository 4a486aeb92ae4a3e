import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What DynamoDB adds to each item it stores. */
const PER_ITEM = 100;
/** What a list or a map takes, and each of its entries. */
const COLLECTION = 3;
const ENTRY = 1;

/** Bytes that DynamoDB stores, and charges, for an item: names and values by its own rules for sizes. */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return PER_ITEM + attributesBytes(item, 0);
}

function attributesBytes(attributes: Readonly<Record<string, AttributeValue>>, each: number): number {
  return Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value) + each,
    0,
  );
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  // Two digits a byte, and one more.
  if (value.N !== undefined) return Math.ceil(value.N.replace(/\D/g, '').length / 2) + 1;
  if (value.B !== undefined) return value.B.length;
  if (value.M !== undefined) return COLLECTION + attributesBytes(value.M, ENTRY);
  if (value.L !== undefined) return COLLECTION + value.L.reduce((sum, one) => sum + valueBytes(one) + ENTRY, 0);
  if (value.SS !== undefined) return value.SS.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  // A boolean, or nothing; sets of numbers and of bytes are not used here.
  return 1;
}
