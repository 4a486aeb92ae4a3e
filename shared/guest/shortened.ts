const LONGEST_NAME = 120;

/** A name as far as a guest's totals keep it, so that a whole catalogue of them fits into one row. */
export const shortened = (name: string): string => name.slice(0, LONGEST_NAME);
