import { defineConfig } from 'vitest/config';

/** The AWS adapters over HTTP, against a server that speaks AWS's protocols. Needs Python 3 and, the first time, PyPI. */
export default defineConfig({
  test: {
    include: ['test/wire/**/*.test.ts'],
    globalSetup: ['test/wire/prepare-python.ts'],
    // Each file starts a server of its own.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
