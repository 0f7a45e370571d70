import { defineConfig } from 'vitest/config';

/** A real HAProxy, real services, real load: docs/targets.md. Installs HAProxy where it may and has to. */
export default defineConfig({
  test: {
    include: ['test/haproxy/**/*.test.ts'],
    globalSetup: ['test/haproxy/prepare-haproxy.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
