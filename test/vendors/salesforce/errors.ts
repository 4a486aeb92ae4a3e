/** One entry of the array that Salesforce's REST API answers with when it refuses. */
export interface ApiError {
  readonly message: string;
  readonly errorCode: string;
  readonly fields?: readonly string[];
  /** Only with DUPLICATES_DETECTED: what the duplicate rule found. */
  readonly duplicateResult?: unknown;
}

/** A refusal as the REST API words it; the resource layer turns it into a status and an array of errors. */
export class Refusal extends Error {
  readonly status: number;
  readonly error: ApiError;

  constructor(status: number, errorCode: string, message: string, more: Omit<ApiError, 'message' | 'errorCode'> = {}) {
    super(`${errorCode}: ${message}`);
    this.name = 'Refusal';
    this.status = status;
    this.error = { message, errorCode, ...more };
  }
}

/** Several records carry the external id: status 300 with their URLs, and nothing is written. */
export class Ambiguous extends Error {
  readonly urls: readonly string[];

  constructor(urls: readonly string[]) {
    super('several records carry this external id');
    this.name = 'Ambiguous';
    this.urls = urls;
  }
}

/** 400 about one field of the record. */
export function badField(errorCode: string, message: string, field: string): Refusal {
  return new Refusal(400, errorCode, message, { fields: [field] });
}

/** What the API says of a field that is missing, and equally of one the user may not see. */
export function noSuchColumn(object: string, field: string): Refusal {
  const hint =
    'If you are attempting to use a custom field, be sure to append the __c after the custom field name. ' +
    'Please reference your WSDL or the describe call for the appropriate names.';
  return new Refusal(400, 'INVALID_FIELD', `No such column '${field}' on sobject of type ${object}. ${hint}`);
}

export function notFound(message = 'The requested resource does not exist'): Refusal {
  return new Refusal(404, 'NOT_FOUND', message);
}

export function noExternalId(field: string): Refusal {
  return notFound(`Provided external ID field does not exist or is not accessible: ${field}`);
}

export function badJson(message: string): Refusal {
  return new Refusal(400, 'JSON_PARSER_ERROR', message);
}
