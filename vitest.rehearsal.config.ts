import { defineConfig } from 'vitest/config';

/** The whole path over the wire, one file at a time: docs/rehearsal.md. Wants the service packaged and the worker built. */
export default defineConfig({
  test: {
    include: ['test/rehearsal/**/*.test.ts'],
    globalSetup: ['test/wire/prepare-python.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 300_000,
  },
});
