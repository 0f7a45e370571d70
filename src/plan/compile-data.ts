import type { DocumentPath } from '../document/document-source.ts';
import type { Report } from '../document/findings.ts';
import type { FileCompiler } from './compile-files.ts';
import type { DataSource } from './plan.ts';
import type { PlanDocument } from './plan-document.ts';
import { type ParsedRows, parseRows } from './read-rows.ts';

type DataDocument = NonNullable<PlanDocument['scenarios'][number]['data']>;

export interface DataCompiler {
  /** The source of a scenario's rows; undefined when the file was reported. */
  compile(data: DataDocument, path: DocumentPath, report: Report): DataSource | undefined;
}

/** Parses each file once, however many scenarios use it. */
export const dataCompiler = (files: FileCompiler): DataCompiler => {
  const parsed = new Map<string, ParsedRows>();
  return {
    compile({ file, use }, documentPath, report) {
      const path = [...documentPath, 'file'];
      const compiled = files.compile(file, 'a data file', path, report);
      if (compiled === undefined) return undefined;
      const rows = parsed.get(file) ?? parseRows(compiled.body);
      parsed.set(file, rows);
      if (rows.kind === 'problem') {
        report({ path, expected: rows.expected });
        return undefined;
      }
      const { upload } = compiled.reference;
      return { file, upload, rowCount: rows.rows.length, columns: rows.columns, use };
    },
  };
};
