/**
 * Does one step after the other. One that fails keeps no other from its turn, but is not hidden either.
 * @throws what the first step that failed threw, once all had their turn.
 */
export async function inTurn(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
