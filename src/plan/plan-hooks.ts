import type { DocumentPath } from '../document/document-source.ts';
import type { Report } from '../document/findings.ts';
import { oneOf } from '../document/nearest-name.ts';
import type { FileCompiler } from './compile-files.ts';
import type { HookFile } from './plan.ts';

/** Compiles the hook file of a plan, by its name as written there. */
export type CompileHooks = (
  file: string,
) =>
  | { readonly kind: 'compiled'; readonly body: Uint8Array; readonly exports: readonly string[] }
  | { readonly kind: 'problem'; readonly reason: string };

export type PlanHooks =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly hooks: HookFile }
  /** There is a hook file, but what it exports isn't known. */
  | { readonly kind: 'unknown' };

export const readHooks = (
  written: unknown,
  compileHooks: CompileHooks,
  files: FileCompiler,
  report: Report,
): PlanHooks => {
  if (written === undefined) return { kind: 'none' };
  const file = typeof written === 'string' ? written.trim() : '';
  if (file === '') return { kind: 'unknown' };
  const compiled = compileHooks(file);
  if (compiled.kind === 'problem') {
    report({ path: ['hooks'], expected: `hooks that can be compiled: ${compiled.reason}` });
    return { kind: 'unknown' };
  }
  const reference = files.keepHooks(file, compiled.body);
  return { kind: 'known', hooks: { ...reference, exports: compiled.exports } };
};

/** Reports a hook that a step names and the hook file doesn't export. */
export const checkHook = (
  key: 'before' | 'after',
  name: string,
  stepPath: DocumentPath,
  planHooks: PlanHooks,
  report: Report,
): void => {
  const path = [...stepPath, key];
  if (planHooks.kind === 'none') {
    report({ path, of: 'key', expected: `${key} only in a plan that names a hook file: hooks: FILE` });
  } else if (planHooks.kind === 'known' && !planHooks.hooks.exports.includes(name)) {
    const { file, exports } = planHooks.hooks;
    report({ path, expected: `the name of a function that ${file} exports: ${oneOf(name, exports)}` });
  }
};
