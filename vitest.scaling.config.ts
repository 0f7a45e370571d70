import { defineConfig } from 'vitest/config';

/** A week of a cluster that is scaled and drained, in virtual time: docs/scaling.md. Minutes of CPU. */
export default defineConfig({
  test: {
    include: ['test/scaling-week/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
  },
});
