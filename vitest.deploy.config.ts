import { defineConfig } from 'vitest/config';

/** What `npm run package:service` made, and what goes into the worker's image. Needs Python 3 and, the first time, PyPI. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
