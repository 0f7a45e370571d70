import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * The published package: the command line and the worker as bundles with everything in them, so that installing it
 * downloads nothing else. They run on Node 20, which lacks Promise.withResolvers.
 */
const banner = [
  "import{createRequire as bundleRequire}from'node:module';",
  'const require=bundleRequire(import.meta.url);',
  'Promise.withResolvers??=function(){let resolve,reject;const promise=new this((a,b)=>{resolve=a;reject=b});return{promise,resolve,reject}};',
].join('');

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { cli: 'src/cli/main.ts', worker: 'src/platform/local/worker-main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  keepNames: true,
  legalComments: 'linked',
  banner: { js: banner },
  logLevel: 'warning',
});
