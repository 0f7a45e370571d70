import type { BuildOptions } from 'esbuild';

/**
 * How a Lambda function is bundled. Minified, but with names kept; and the errors that state machines match on have
 * literal names besides (test/functions/bundled-errors.test.ts).
 */
export const functionBundleOptions: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Without it, ESM bundles of AWS SDK clients die at their first call: Dynamic require of "node:https".
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
};
