const { functionBundleOptions } = require('../scripts/function-bundle-options.ts');

/** What serverless-esbuild bundles with: what the tests bundle with. */
module.exports = () => ({
  ...functionBundleOptions,
  plugins: [...functionBundleOptions.plugins],
  outputFileExtension: '.mjs',
  external: [],
  exclude: [],
  concurrency: 2,
  zipConcurrency: 2,
});
