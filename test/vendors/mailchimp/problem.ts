import { randomUUID } from 'node:crypto';
import type { VendorReply } from '../server.ts';

/** One entry of a problem's `errors`: which field, what is wrong with it. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Thrown inside a route: the request is refused and nothing was written. */
export class Refused extends Error {
  readonly reply: VendorReply;

  constructor(status: number, title: string, detail: string, errors?: readonly FieldError[]) {
    super(`${title}: ${detail}`);
    this.reply = problem(status, title, detail, errors);
  }
}

/** Mailchimp's error shape: `application/problem+json` with type, title, status, detail and instance. */
export function problem(status: number, title: string, detail: string, errors?: readonly FieldError[]): VendorReply {
  const type = 'https://mailchimp.com/developer/marketing/docs/errors/';
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: { type, title, status, detail, instance: randomUUID(), ...(errors !== undefined && { errors }) },
  };
}

export function notFound(): Refused {
  return new Refused(404, 'Resource Not Found', 'The requested resource could not be found.');
}

export function invalid(detail: string, errors?: readonly FieldError[]): Refused {
  return new Refused(400, 'Invalid Resource', detail, errors);
}

/** The answer to a body that breaks the document's rules. */
export function invalidFields(errors: readonly FieldError[]): Refused {
  return invalid(
    "The resource submitted could not be validated. For field-specific details, see the 'errors' array.",
    errors,
  );
}
