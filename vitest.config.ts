import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Whose tests leave nothing behind in their process: no sockets of their own, no environment, no SDK that is replaced. */
const pure = '{api,cli,document,drain,importers,logs,plan,quota,run,scaling,stats,store}';
/** Each has a configuration of its own. */
const elsewhere = 'test/{runs,e2e,wire,rehearsal,haproxy,deploy,scaling-week,fluent-bit}/**';

/** Decisions, contracts and parts: side by side. */
export default defineConfig({
  test: {
    // Vitest leaves one core alone unless told; of two cores, that is half of them.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: 'pure',
          include: [`test/${pure}/**/*.test.ts`],
          // A process for each file takes longer than most of these files do.
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [elsewhere, `test/${pure}/**`],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
