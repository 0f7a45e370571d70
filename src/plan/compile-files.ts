import { createHash } from 'node:crypto';
import type { DocumentPath } from '../document/document-source.ts';
import type { Report } from '../document/findings.ts';
import type { FileReference } from './plan.ts';

/** Gets the bytes of a file that the plan names, by the name as written there. */
export type ReadFile = (
  file: string,
) =>
  | { readonly kind: 'found'; readonly body: Uint8Array }
  | { readonly kind: 'missing'; readonly reason: string };

export interface CompiledFile {
  readonly reference: FileReference;
  readonly body: Uint8Array;
}

export interface FileCompiler {
  /** Reads a file of the plan, once however often it is named; undefined when it was reported. */
  compile(file: string, what: string, path: DocumentPath, report: Report): CompiledFile | undefined;
  /** Takes the hook file's bytes as compiled. Nothing else may be of that file: a name stands for one content. */
  keepHooks(file: string, body: Uint8Array): FileReference;
  /** The files' bytes by object key. */
  readonly uploads: ReadonlyMap<string, Uint8Array>;
}

/** Workers hold every file of a plan in memory. */
export const largestFileBytes = 100_000_000;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 100_000) / 10} MB`;

export const fileCompiler = (readFile: ReadFile): FileCompiler => {
  const found = new Map<string, ReturnType<ReadFile>>();
  const kept = new Map<string, FileReference>();
  const uploads = new Map<string, Uint8Array>();
  const keep = (file: string, body: Uint8Array): FileReference => {
    const upload = `uploads/${createHash('sha256').update(body).digest('hex')}`;
    uploads.set(upload, body);
    return { file, upload, bytes: body.length };
  };
  let hookFile: string | undefined;
  return {
    uploads,
    keepHooks(file, body) {
      hookFile = file;
      return keep(file, body);
    },
    compile(file, what, path, report) {
      if (file === hookFile) {
        report({ path, expected: `${what} other than ${file}, which is the hook file` });
        return undefined;
      }
      const read = found.get(file) ?? readFile(file);
      found.set(file, read);
      if (read.kind === 'missing') {
        report({ path, expected: `${what} that can be read: ${read.reason}` });
        return undefined;
      }
      const { body } = read;
      if (body.length > largestFileBytes) {
        report({
          path,
          expected: `${what} of at most ${megabytes(largestFileBytes)}, not ${megabytes(body.length)}`,
        });
        return undefined;
      }
      const reference = kept.get(file) ?? keep(file, body);
      kept.set(file, reference);
      return { reference, body };
    },
  };
};
