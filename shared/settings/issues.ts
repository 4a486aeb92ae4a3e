/** What zod finds wrong, and so does its small sister `zod/mini`. */
interface Findings {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** Says which keys are wrong and what was expected, one after the other; never what stood there. */
export function describeIssues({ issues }: Findings): string {
  return issues.map(({ path, message }) => `${path.length > 0 ? path.join('.') : 'value'}: ${message}`).join('; ');
}
