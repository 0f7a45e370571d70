import type { DocumentPath } from '../document/document-source.ts';
import type { BodySurroundings } from './compile-body.ts';
import type { PartDocument } from './document-bodies.ts';
import type { MultipartPart } from './plan.ts';
import { readTemplate } from './plan-variables.ts';

const baseName = (file: string): string => file.replace(/^.*[/\\]/, '') || file;

/** The parts of a multipart body, in order; those whose file can't be read have been reported. */
export const compileMultipart = (
  fields: Readonly<Record<string, PartDocument>>,
  path: DocumentPath,
  { files, scope, report }: BodySurroundings,
): readonly MultipartPart[] =>
  Object.entries(fields).flatMap(([name, field]): MultipartPart[] => {
    const within = [...path, name];
    if (typeof field !== 'object') {
      const template = String(field);
      readTemplate(template, within, scope, report);
      return [{ name, kind: 'text', template }];
    }
    const file = files.compile(field.file, 'a file', [...within, 'file'], report)?.reference;
    if (file === undefined) return [];
    const fileName = field.name ?? baseName(field.file);
    return [{ name, kind: 'file', file, fileName, contentType: field.type ?? 'application/octet-stream' }];
  });
