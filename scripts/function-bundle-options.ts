import type { BuildOptions } from 'esbuild';
import { slimLambdaBundle } from './slim-lambda-bundle.ts';

/**
 * How a Lambda function is bundled. Minified without keeping names: the errors that state machines match on have
 * literal ones (test/functions/bundled-errors.test.ts).
 */
export const functionBundleOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Without it, ESM bundles of AWS SDK clients die at their first call: Dynamic require of "node:https".
  mainFields: ['module', 'main'],
  // What CommonJS packages need to load Node's own modules.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  minify: true,
  legalComments: 'none',
  plugins: [slimLambdaBundle],
} as const satisfies BuildOptions;
