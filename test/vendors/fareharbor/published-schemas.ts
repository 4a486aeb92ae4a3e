import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv';
import AjvDraft04 from 'ajv-draft-04';
import { type BodyType, bodyTypes } from './body.ts';

const files: Readonly<Record<BodyType | 'item', string>> = {
  full: 'booking-webhook.json',
  'full-with-payments': 'booking-with-payments-webhook.json',
  optimized: 'booking-optimized-webhook.json',
  'optimized-with-payments': 'booking-optimized-with-payments-webhook.json',
  item: 'item-webhook.json',
};

const compiled = new Map<string, ValidateFunction>();

/** The check of one of FareHarbor's published webhook schemas. */
export function publishedSchema(name: BodyType | 'item'): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const schema = JSON.parse(readFileSync(new URL(`./published-schemas/${files[name]}`, import.meta.url), 'utf8'));
  const check = new AjvDraft04.default({ allErrors: true, strict: false }).compile(schema);
  compiled.set(name, check);
  return check;
}

/** The checks of the four booking bodies. */
export function bookingSchemas(): ValidateFunction[] {
  return bodyTypes.map(publishedSchema);
}
