import { createHash } from 'node:crypto';
import type { DataSource } from './plan.ts';
import type { PlanDocument } from './plan-document.ts';
import type { Report } from './plan-findings.ts';
import type { DocumentPath } from './plan-source.ts';
import { parseRows } from './read-rows.ts';

/** Gets the bytes of a file that the plan names, by the name as written there. */
export type ReadData = (
  file: string,
) =>
  | { readonly kind: 'found'; readonly body: Uint8Array }
  | { readonly kind: 'missing'; readonly reason: string };

type DataDocument = NonNullable<PlanDocument['scenarios'][number]['data']>;
type CheckedFile =
  | { readonly kind: 'file'; readonly source: Omit<DataSource, 'use'>; readonly body: Uint8Array }
  | { readonly kind: 'problem'; readonly expected: string };

const checkFile = (file: string, readData: ReadData): CheckedFile => {
  const found = readData(file);
  if (found.kind === 'missing')
    return { kind: 'problem', expected: `a data file that can be read: ${found.reason}` };
  const { body } = found;
  const parsed = parseRows(body);
  if (parsed.kind === 'problem') return parsed;
  const upload = `uploads/${createHash('sha256').update(body).digest('hex')}`;
  return {
    kind: 'file',
    body,
    source: { file, upload, rowCount: parsed.rows.length, columns: parsed.columns },
  };
};

export interface DataCompiler {
  /** The source of a scenario's rows; undefined when the file was reported. */
  compile(data: DataDocument, path: DocumentPath, report: Report): DataSource | undefined;
  /** The files' bytes by object key. */
  readonly uploads: ReadonlyMap<string, Uint8Array>;
}

/** Reads each file once, however many scenarios use it. */
export const dataCompiler = (readData: ReadData): DataCompiler => {
  const files = new Map<string, CheckedFile>();
  const uploads = new Map<string, Uint8Array>();
  return {
    uploads,
    compile(data, path, report) {
      const checked = files.get(data.file) ?? checkFile(data.file, readData);
      files.set(data.file, checked);
      if (checked.kind === 'problem') {
        report({ path: [...path, 'file'], expected: checked.expected });
        return undefined;
      }
      uploads.set(checked.source.upload, checked.body);
      return { ...checked.source, use: data.use };
    },
  };
};
