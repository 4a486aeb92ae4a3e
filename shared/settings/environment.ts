import * as z from 'zod';

/** A variable that must hold some text. */
export const requiredText = z.string({ error: 'is not set' }).min(1, 'is empty');

/** A variable that holds JSON. */
export function jsonVariable<Schema extends z.ZodType>(schema: Schema) {
  return requiredText
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
