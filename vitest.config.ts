import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { keepNow } from './test/evidence/trail.ts';

/** Files that start the whole stack, and mostly wait for what goes on in it. */
const STACKS = ['test/pipeline/*.test.ts', 'test/alarms/alarms.test.ts', 'test/faults/faults.test.ts'];
/** Those of them, and of the others, that take longest: begun last, they would go on alone. */
const LONGEST = ['alarms/alarms', 'faults/faults', 'acts', 'repair', 'isolation', 'breaker', 'histories', 'large'];

/** As vitest sorts them, but a machine that has not run them yet knows their sizes only. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['test/evidence/gate.ts'],
    setupFiles: ['test/evidence/after-each-file.ts'],
    sequence: { sequencer: LongestFirst },
    // What tests print is searched as well.
    onConsoleLog: (text) => keepNow('logs', text),
    projects: [
      {
        extends: true,
        test: {
          name: 'stacks',
          include: STACKS,
          globalSetup: ['test/pipeline/assembly.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
          // Two thirds of their time they wait, for a cache of 15 seconds or a message given back: that they do together.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: STACKS,
          // Two cores, which these keep busy: more workers only take turns.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
