import { defineConfig } from 'vitest/config';
import { keepNow } from './test/evidence/trail.ts';

export default defineConfig({
  test: {
    // Two cores: more workers only take turns, and the pipeline tests start processes of their own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['test/evidence/gate.ts'],
    setupFiles: ['test/evidence/after-each-file.ts'],
    // What tests print is searched as well.
    onConsoleLog: (text) => keepNow('logs', text),
    projects: [
      {
        extends: true,
        test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: ['test/pipeline/**'] },
      },
      {
        extends: true,
        test: {
          name: 'pipeline',
          include: ['test/pipeline/*.test.ts'],
          globalSetup: ['test/pipeline/assembly.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
