import type { DocumentProblem } from '../document/document-problem.ts';
import type { ReadFile } from '../plan/compile-files.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import type { CompileHooks } from '../plan/plan-hooks.ts';
import type { StartRequest } from '../platform/ports/run-api.ts';
import type { SubmitPorts } from './api-ports.ts';
import type { SubmissionRequest } from './documents/submission.ts';
import { fetchUploads, largestSubmissionBytes, mostFilesOfPlan } from './fetch-uploads.ts';

export type CompiledSubmission =
  /** `uploads` is empty: the contents are in the store. */
  | { readonly kind: 'compiled'; readonly request: StartRequest }
  | { readonly kind: 'problems'; readonly problems: readonly DocumentProblem[] }
  /** The request is wrong, whatever the plan says. */
  | { readonly kind: 'refused'; readonly at: string; readonly expected: string };

const textOf = (plan: SubmissionRequest['plan']): string | undefined => {
  if (typeof plan === 'string') return plan;
  try {
    return JSON.stringify(plan, null, 2);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

const totalBytes = (files: NonNullable<SubmissionRequest['files']>): number =>
  [...new Map(Object.values(files).map(({ upload, bytes }) => [upload, bytes])).values()].reduce(
    (sum, bytes) => sum + bytes,
    0,
  );

/** Compiles a submitted plan here, with the targets that are allowed here. Everything that is wrong with it is told together. */
export const compileSubmission = async (
  ports: Pick<SubmitPorts, 'store' | 'guard' | 'readyTimeoutSeconds'>,
  submission: SubmissionRequest,
): Promise<CompiledSubmission> => {
  const { files = {}, set = {}, workers, name = 'plan' } = submission;
  const text = textOf(submission.plan);
  if (text === undefined)
    return { kind: 'refused', at: 'body.plan', expected: 'a plan, which is nested less deeply' };
  if (Object.keys(files).length > mostFilesOfPlan)
    return { kind: 'refused', at: 'body.files', expected: `at most ${mostFilesOfPlan} files` };
  if (totalBytes(files) > largestSubmissionBytes) {
    const expected = `files of at most ${largestSubmissionBytes} bytes together`;
    return { kind: 'refused', at: 'body.files', expected };
  }
  const uploads = await fetchUploads(ports.store, files);
  const readFile: ReadFile = (file) => {
    const submitted = Object.hasOwn(files, file) ? files[file] : undefined;
    const read = submitted === undefined ? undefined : uploads.get(submitted.upload);
    return read ?? { kind: 'missing', reason: `it is not among the files that came with the plan` };
  };
  const compileHooks: CompileHooks = (file) => {
    const read = readFile(file);
    if (read.kind === 'missing') return { kind: 'problem', reason: read.reason };
    const exports = files[file]?.exports ?? [];
    return exports.length === 0
      ? { kind: 'problem', reason: `files has no names for it under exports` }
      : { kind: 'compiled', body: read.body, exports };
  };
  const forWorkers = workers === undefined ? {} : { workers };
  const parsed = parsePlan(text, {
    file: name,
    readFile,
    compileHooks,
    set,
    guard: ports.guard,
    ...(ports.readyTimeoutSeconds === undefined ? {} : { readyTimeoutSeconds: ports.readyTimeoutSeconds }),
    ...forWorkers,
  });
  if (parsed.kind === 'problems') return parsed;
  const source = { text, name, files: filesOf(files), set, ...forWorkers };
  return { kind: 'compiled', request: { plan: parsed.plan, uploads: new Map(), source } };
};

const filesOf = (files: NonNullable<SubmissionRequest['files']>): StartRequest['source']['files'] =>
  Object.fromEntries(
    Object.entries(files).map(([name, { upload, bytes, exports }]) => [
      name,
      { upload, bytes, ...(exports === undefined ? {} : { exports }) },
    ]),
  );
