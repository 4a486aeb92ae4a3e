import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Two cores: more workers only take turns, and the pipeline tests start processes of their own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
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
