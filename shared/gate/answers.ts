import type { HttpClient } from '../http/http-client.ts';

/** Counts what a vendor answered in this execution environment, so that a message that asked it nothing tells nothing. */
export interface Answers {
  readonly count: () => number;
  /** Notes one: the vendor did, or refused, what it was asked. */
  readonly note: () => void;
  /** The same client, whose answers are counted: all but those that say that the vendor fails or takes none of our calls. */
  readonly heard: (http: HttpClient) => HttpClient;
}

export function countAnswers(): Answers {
  let count = 0;
  const note = () => {
    count += 1;
  };
  return {
    count: () => count,
    note,
    heard: (http) => async (request) => {
      const reply = await http(request);
      if (reply.status < 500 && ![401, 403, 408, 429].includes(reply.status)) note();
      return reply;
    },
  };
}
