/**
 * Stands in every bundle for the packages `csv-parse` and `csv-stringify`, which jsforce loads for the Bulk API: 83 KB.
 * Bookings are written as JSON. A reply that is CSV all the same stays text, as jsforce leaves what it cannot parse.
 */
export function parse(): never {
  throw new Error('CSV is not read here');
}

export function stringify(): never {
  throw new Error('CSV is not written here');
}
