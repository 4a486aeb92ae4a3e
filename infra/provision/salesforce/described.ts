import * as z from 'zod';

const fieldSchema = z.object({
  name: z.string(),
  type: z.string(),
  length: z.number().default(0),
  precision: z.number().default(0),
  scale: z.number().default(0),
  custom: z.boolean().default(false),
  nillable: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  defaultedOnCreate: z.boolean().default(false),
  externalId: z.boolean().default(false),
  unique: z.boolean().default(false),
  caseSensitive: z.boolean().default(false),
  restrictedPicklist: z.boolean().default(false),
  picklistValues: z.array(z.object({ value: z.string(), active: z.boolean() })).default([]),
  referenceTo: z.array(z.string()).default([]),
});
/** A field as the describe call shows it to our user. */
export type DescribedField = z.infer<typeof fieldSchema>;

/** An object as the describe call shows it: fields that our user may not see are not among its fields. */
export const describedSchema = z.object({
  createable: z.boolean(),
  updateable: z.boolean(),
  queryable: z.boolean(),
  fields: z.array(fieldSchema),
});
export type Described = z.infer<typeof describedSchema>;
