/** Keeps a model that does not answer from making each booking wait for its timeout. */
export interface ModelRest {
  /** Whether the company's model is left alone for now. */
  isResting(company: string): boolean;
  /** Notes how a call ended. */
  note(company: string, answered: boolean): void;
}

/** One call may fail by chance, and three in a row hardly do. */
const MOST_IN_ROW = 3;
/** Then one call a minute finds out whether it is back. */
const REST_MS = 60_000;

/** Remembers, as long as this process lives, whose model failed how often in a row. */
export function modelRest(now: () => Date): ModelRest {
  const failed = new Map<string, { readonly inRow: number; readonly until: number }>();
  return {
    isResting: (company) => (failed.get(company)?.until ?? 0) > now().getTime(),
    note(company, answered) {
      if (answered) return void failed.delete(company);
      const inRow = (failed.get(company)?.inRow ?? 0) + 1;
      failed.set(company, { inRow, until: inRow < MOST_IN_ROW ? 0 : now().getTime() + REST_MS });
    },
  };
}
