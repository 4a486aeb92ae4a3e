/** Tries in vain, one after the other, after which guests are looked up first. */
const MOST_IN_VAIN = 3;
/** So many guests are, before the next try. */
const LOOKED_UP_FIRST = 200;

/** Whether it is worth a call to take a company's guests for new, by how the last tries went. */
export interface TriesAsNew {
  mayTry(company: string): boolean;
  worked(company: string): void;
  inVain(company: string): void;
}

/**
 * A try in vain costs a call more. An operator may have nearly all guests in Salesforce from before us, and an org may
 * refuse the parts that a try begins with: then it is as it would be without tries, but for one in a while.
 */
export function triesAsNew(): TriesAsNew {
  const companies = new Map<string, { inVain: number; toLookUp: number }>();
  const of = (company: string) => {
    const tries = companies.get(company) ?? { inVain: 0, toLookUp: 0 };
    companies.set(company, tries);
    return tries;
  };
  return {
    mayTry(company) {
      const tries = of(company);
      if (tries.toLookUp === 0) return true;
      tries.toLookUp -= 1;
      return false;
    },
    worked(company) {
      companies.delete(company);
    },
    inVain(company) {
      const tries = of(company);
      tries.inVain += 1;
      if (tries.inVain >= MOST_IN_VAIN) tries.toLookUp = LOOKED_UP_FIRST;
    },
  };
}
