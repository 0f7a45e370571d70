import { copyFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * The published package: the command line and the worker as bundles with everything in them, so that installing it
 * downloads nothing else. They run on Node 20, which lacks Promise.withResolvers. Beside them are the types of hooks.
 */
const banner = [
  "import{createRequire as bundleRequire}from'node:module';",
  'const require=bundleRequire(import.meta.url);',
  'Promise.withResolvers??=function(){let resolve,reject;const promise=new this((a,b)=>{resolve=a;reject=b});return{promise,resolve,reject}};',
].join('');

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    cli: 'src/cli/main.ts',
    worker: 'src/platform/local/worker-main.ts',
    // What a container image has instead of the two above.
    'aws-worker': 'src/platform/aws/worker-main.ts',
    'engine-thread': 'src/worker/engine-thread-main.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  // Only plans with hooks need the one, only questions about logs the other, and both are programs for one processor and system.
  external: ['esbuild', '@duckdb/node-api'],
  keepNames: true,
  legalComments: 'linked',
  banner: { js: banner },
  logLevel: 'warning',
});
await copyFile('src/engine/hooks.ts', 'dist/hooks.d.ts');
