import type { VendorReply } from '../server.ts';

/** A refusal in FareHarbor's own words and codes. */
export class FareHarborRefusal extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param code FareHarbor's code; undefined where it gives none, as for a rate limit. */
export function apiError(status: number, code: string | undefined, message: string): FareHarborRefusal {
  return new FareHarborRefusal(status, code, message);
}

/** The refusal as it goes over the wire: `{"error", "status"}`, with `code` where there is one. */
export function refusalReply({ status, code, message }: FareHarborRefusal): VendorReply {
  return { status, body: { error: message, status, ...(code !== undefined && { code }) } };
}
