/** Options of both families: the cause stays reachable for logs, never for the message. */
interface Cause {
  readonly cause?: unknown;
}

/**
 * It may work later: the message goes back to the queue.
 * The message says what happened in plain words, with no personal data and no secret.
 */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  /** A short stable word for logs and metrics, such as `salesforce.lock`. */
  readonly code: string;
  /** Seconds the vendor asked us to wait, where it did. */
  readonly waitSeconds: number | undefined;

  constructor(code: string, message: string, options: Cause & { readonly waitSeconds?: number | undefined } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.waitSeconds = options.waitSeconds;
  }
}

/**
 * Trying again changes nothing: the booking is parked for that destination with this reason and the message is
 * acknowledged. `message` says what is wrong, `remedy` what a person can do about it.
 */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  /** A short stable word for logs and metrics, such as `salesforce.ambiguous-contact`. */
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, options: Cause & { readonly remedy: string }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
  }
}

/** Bad settings, environment or secret: names the key and what is expected, never the value. Fails at start. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
