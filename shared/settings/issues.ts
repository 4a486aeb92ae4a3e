import type * as z from 'zod';

/** Says which keys are wrong and what was expected, one after the other; never what stood there. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.length > 0 ? path.join('.') : 'value'}: ${message}`)
    .join('; ');
}
