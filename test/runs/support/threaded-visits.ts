import type { StartRequest } from '../../../src/platform/ports/run-api.ts';
import { compile } from '../harness.ts';

const rows = (count: number): string =>
  `user\n${Array.from({ length: count }, (_, i) => `u${i}`).join('\n')}\n`;

/** Users of a `once` file visit the target, from workers with two engines each. */
export const threadedVisits = (port: number, load: string, workers: number, rowCount: number): StartRequest =>
  compile(
    `
version: 1
name: threads
target: http://127.0.0.1:${port}
load: [${load}]
workers: { count: ${workers}, threads: 2 }
scenarios:
  - name: visit
    data: { file: users.csv, use: once }
    steps: [{ get: "/?user={{user}}", name: visit }]
`,
    { 'users.csv': rows(rowCount) },
  );
