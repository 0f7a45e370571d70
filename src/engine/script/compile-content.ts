import type { RequestBody } from '../../plan/plan.ts';
import { asIs, compileText, constantText, renderText } from './compile-text.ts';
import { encodeForForm, encodeForJson } from './encode-value.ts';
import { compileMultipart } from './multipart.ts';
import { type CompiledContent, fileBytes, type UploadedFiles } from './request-content.ts';

const encoders = { text: asIs, json: encodeForJson, form: encodeForForm } as const;

/** Compiles the body of a step. */
export const compileContent = (
  body: RequestBody,
  constants: ReadonlyMap<string, string>,
  files: UploadedFiles,
): CompiledContent => {
  if (body.format === 'multipart') return compileMultipart(body.parts, constants, files);
  if (body.format === 'file') {
    const constant = fileBytes(body.file, files);
    return { constant, text: undefined, contentType: undefined, render: () => constant };
  }
  const text = compileText(body.template, constants, encoders[body.format]);
  const fixed = constantText(text);
  const constant = fixed === undefined ? undefined : Buffer.from(fixed, 'utf8');
  return {
    constant,
    text,
    contentType: undefined,
    render: (scope) => constant ?? Buffer.from(renderText(text, scope), 'utf8'),
  };
};
