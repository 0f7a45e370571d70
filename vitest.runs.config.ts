import { defineConfig } from 'vitest/config';

/** Real runs: one at a time, so that they don't measure each other. `STORMDRAIN_TESTS=e2e` selects the long ones. */
const long = process.env.STORMDRAIN_TESTS === 'e2e';

export default defineConfig({
  test: {
    include: [long ? 'test/e2e/**/*.test.ts' : 'test/runs/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: long ? 180_000 : 60_000,
    hookTimeout: 120_000,
  },
});
