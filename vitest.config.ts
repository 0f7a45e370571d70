import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Decisions, contracts and parts: side by side. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/runs/**',
      'test/e2e/**',
      'test/wire/**',
      'test/rehearsal/**',
      'test/haproxy/**',
      'test/deploy/**',
    ],
    // Vitest leaves one core alone unless told; of two cores, that is half of them.
    maxWorkers: availableParallelism(),
    testTimeout: 30_000,
  },
});
