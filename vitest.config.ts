import { defineConfig } from 'vitest/config';

/** Decisions, contracts and parts: side by side. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/runs/**', 'test/e2e/**', 'test/wire/**', 'test/rehearsal/**', 'test/deploy/**'],
    testTimeout: 30_000,
  },
});
