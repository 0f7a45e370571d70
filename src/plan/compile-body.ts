import type { DocumentPath } from '../document/document-source.ts';
import { isMapping, type Report } from '../document/findings.ts';
import type { FileCompiler } from './compile-files.ts';
import { compileMultipart } from './compile-multipart.ts';
import type { RequestDocument } from './document-steps.ts';
import type { RequestBody } from './plan.ts';
import { readTemplate, type Scope } from './plan-variables.ts';
import { formatTemplate } from './template.ts';

export interface CompiledBody {
  readonly body: RequestBody;
  /** What the body is sent as unless the plan says otherwise; undefined when the plan can't say. */
  readonly contentType: string | undefined;
}

/** Where a body stands. */
export interface BodySurroundings {
  readonly files: FileCompiler;
  readonly scope: Scope;
  readonly report: Report;
}

/** The value with each template in it, keys included, in its shortest spelling, so that JSON escapes none of it. */
const compileJson = (value: unknown, path: DocumentPath, scope: Scope, report: Report): unknown => {
  if (typeof value === 'string') return formatTemplate(readTemplate(value, path, scope, report) ?? []);
  if (Array.isArray(value))
    return value.map((item, index) => compileJson(item, [...path, index], scope, report));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const within = [...path, key];
      return [
        formatTemplate(readTemplate(key, within, scope, report) ?? []),
        compileJson(item, within, scope, report),
      ];
    }),
  );
};

/** The literal parts escaped for a form; the values of variables are escaped when they are put in. */
const compileFormText = (text: string, path: DocumentPath, scope: Scope, report: Report): string =>
  formatTemplate(
    (readTemplate(text, path, scope, report) ?? []).map((part) =>
      part.kind === 'text' ? { ...part, text: encodeURIComponent(part.text.toWellFormed()) } : part,
    ),
  );

const bodyKeys = ['body', 'json', 'form', 'upload', 'multipart'] as const;

/** The body of a request, of which there is at most one. */
export const compileBody = (
  request: RequestDocument,
  path: DocumentPath,
  around: BodySurroundings,
): CompiledBody | undefined => {
  const { files, scope, report } = around;
  const [first, second] = bodyKeys.filter((key) => request[key] !== undefined);
  if (second !== undefined) {
    report({
      path: [...path, second],
      of: 'key',
      expected: `only one of body, json, form, upload and multipart; ${first} is there`,
    });
  }
  if (request.body !== undefined) {
    readTemplate(request.body, [...path, 'body'], scope, report);
    return { body: { format: 'text', template: request.body }, contentType: 'text/plain; charset=utf-8' };
  }
  if (request.json !== undefined) {
    const value = compileJson(request.json, [...path, 'json'], scope, report);
    return { body: { format: 'json', template: JSON.stringify(value) }, contentType: 'application/json' };
  }
  if (request.form !== undefined) {
    const fields = Object.entries(request.form).map(([name, value]) => {
      const within = [...path, 'form', name];
      const parts = [name, value].map((text) => compileFormText(text, within, scope, report));
      return parts.join('=');
    });
    return {
      body: { format: 'form', template: fields.join('&') },
      contentType: 'application/x-www-form-urlencoded',
    };
  }
  if (request.upload !== undefined) {
    const file = files.compile(request.upload, 'a file', [...path, 'upload'], report)?.reference;
    return file && { body: { format: 'file', file }, contentType: 'application/octet-stream' };
  }
  if (request.multipart === undefined) return undefined;
  const parts = compileMultipart(request.multipart, [...path, 'multipart'], around);
  return { body: { format: 'multipart', parts }, contentType: undefined };
};
