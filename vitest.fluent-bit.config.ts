import { defineConfig } from 'vitest/config';

/** What containers' log routers do, with the real program: its path is STORMDRAIN_FLUENT_BIT. */
export default defineConfig({
  test: { include: ['test/fluent-bit/**/*.test.ts'], fileParallelism: false, testTimeout: 60_000 },
});
