import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult, Message } from 'esbuild';

export type CompiledHooks =
  /** `body` is one ES module that needs no other file; `exports` are the names it exports. */
  | { readonly kind: 'compiled'; readonly body: Uint8Array; readonly exports: readonly string[] }
  /** One line for each mistake: `hooks.ts:3:14: …`. */
  | { readonly kind: 'problem'; readonly reason: string };

type Bundler = Pick<typeof import('esbuild'), 'buildSync'>;

const notInstalled = 'hooks are compiled with esbuild: npm install --save-dev esbuild';

/** The esbuild of the project that the hooks belong to, or else the one installed beside this program. */
const loadBundler = (path: string): Bundler | undefined => {
  for (const from of [path, import.meta.url]) {
    try {
      return createRequire(from)('esbuild') as Bundler;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
};

const outputFile = 'hooks.mjs';

/** Packages written for require() may ask for built-in modules while they run, which an ES module can't do by itself. */
const requireForPackages =
  "import{createRequire as createHookRequire}from'node:module';var require=createHookRequire(import.meta.url);";

const optionsFor = (path: string) =>
  ({
    absWorkingDir: dirname(path),
    entryPoints: [path],
    outfile: join(dirname(path), outputFile),
    write: false,
    metafile: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    sourcemap: 'inline',
    banner: { js: requireForPackages },
    logLevel: 'silent',
  }) satisfies BuildOptions;

const describeMessage = ({ text, location }: Message): string =>
  location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors);

/**
 * Makes one ES module of a hook file, TypeScript or JavaScript, and of everything it imports.
 * @param path Absolute. Never throws for what is in the file or missing from it.
 */
export const compileHooks = (
  path: string,
  load: (path: string) => Bundler | undefined = loadBundler,
): CompiledHooks => {
  if (!existsSync(path)) return { kind: 'problem', reason: 'there is no such file' };
  const bundler = load(path);
  if (bundler === undefined) return { kind: 'problem', reason: notInstalled };
  let result: BuildResult<ReturnType<typeof optionsFor>>;
  try {
    result = bundler.buildSync(optionsFor(path));
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { kind: 'problem', reason: error.errors.map(describeMessage).join('\n') };
  }
  const body = result.outputFiles[0]?.contents ?? new Uint8Array();
  const exported = Object.values(result.metafile.outputs).flatMap((output) => output.exports);
  if (exported.length === 0) return { kind: 'problem', reason: 'it exports no function' };
  return { kind: 'compiled', body, exports: exported };
};
