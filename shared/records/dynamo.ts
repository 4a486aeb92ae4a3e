import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type * as z from 'zod';

/** A plain object as a DynamoDB item; undefined members are left out. */
export function toItem(value: object): Record<string, AttributeValue> {
  return marshall(value, { removeUndefinedValues: true, convertTopLevelContainer: false });
}

/** A single value as DynamoDB holds it. */
export function toAttribute(value: string | number | boolean | null | object): AttributeValue {
  const { it } = marshall({ it: value }, { removeUndefinedValues: true });
  if (it === undefined) throw new TypeError('an undefined value cannot be stored');
  return it;
}

/**
 * An item as the schema's type; extra attributes (keys, index attributes) are left out.
 * @throws z.ZodError when what is stored does not fit, which only a wrong deployment can cause.
 */
export function fromItem<Schema extends z.ZodType>(
  schema: Schema,
  item: Record<string, AttributeValue>,
): z.infer<Schema> {
  return schema.parse(unmarshall(item));
}
