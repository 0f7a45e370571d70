import { readFile } from 'node:fs/promises';
import type { OnLoadResult, Plugin } from 'esbuild';

/**
 * Leaves out of a function's bundle what a Lambda on AWS never runs: more than half of what a run's function would be.
 * Where a new version of a package has its files elsewhere, less is left out; the size limits in test/deploy notice.
 */
export const slimLambdaBundle: Plugin = {
  name: 'slim-lambda-bundle',
  setup(build) {
    const shim = (filter: RegExp, contents: string): void => {
      build.onLoad({ filter }, () => ({ contents, loader: 'js' }));
    };
    // A Lambda's credentials are in its environment: no files, no metadata service, no single sign-on.
    build.onLoad({ filter: /@aws-sdk[\\/]credential-provider-node[\\/].*index\.js$/ }, ({ path }) => ({
      contents: `import { fromEnv } from '@aws-sdk/credential-provider-env'; export const defaultProvider = () => fromEnv();`,
      resolveDir: path.replace(/[\\/]index\.js$/, ''),
      loader: 'js',
    }));
    build.onLoad({ filter: /@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(await readFile(path, 'utf8')).version }),
      loader: 'json',
    }));
    build.onLoad({ filter: /@aws-sdk[\\/]client-[^\\/]+[\\/].*schemas_0\.js$/ }, async ({ path }) =>
      loadSchemas(path, await readFile(path, 'utf8')),
    );
    // None of the calls answers with a stream of events.
    shim(
      /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$/,
      'export const resolveEventStreamSerdeConfig = (config) => config; export const eventStreamSerdeProvider = () => ({}); export class EventStreamSerde {}',
    );
    // Of the histograms, the plain ones in JavaScript are used; neither the compiled nor the packed ones, nor logs of them.
    shim(
      /hdr-histogram-js[\\/]dist[\\/]wasm[\\/]index\.js$/,
      'exports.WasmHistogram = class {}; exports.webAssemblyAvailable = false; exports.webAssemblyReady = () => false;',
    );
    shim(
      /hdr-histogram-js[\\/]dist[\\/](PackedHistogram|Recorder|HistogramLogReader|HistogramLogWriter)\.js$/,
      'exports.PackedHistogram = class {}; exports.default = class {};',
    );
    shim(
      /[\\/]pako[\\/].*\.m?js$/,
      `import { deflateSync, inflateSync } from 'node:zlib'; export const deflate = deflateSync, inflate = inflateSync; export default { deflate, inflate };`,
    );
  },
};

/**
 * Schemas of operations that aren't called are unused variables, but keys computed from variables keep them alive:
 * `{ [_x]: … }` becomes `{ "…": … }` where `const _x = "…"` is in the same file.
 */
const loadSchemas = (path: string, source: string): OnLoadResult => {
  const literals = new Map(
    [...source.matchAll(/^(?:export )?const (_\w+) = ("[^"]*");$/gm)].map(([, name, value]) => [name, value]),
  );
  const contents = source.replace(
    /\[(_\w+)\]:/g,
    (whole, name: string) => `${literals.get(name) ?? whole.slice(0, -1)}:`,
  );
  return literals.size === 0
    ? {
        errors: [
          { text: `No keys found in ${path}: its format changed, see scripts/slim-lambda-bundle.ts.` },
        ],
      }
    : { contents, loader: 'js' };
};
