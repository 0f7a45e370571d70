import * as z from 'zod';
import { scalarText } from './document-fields.ts';

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** The engine writes these itself, from the body and the connection it uses. */
const reservedHeaders = [
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: a header value that has one would split the request.
export const controlCharacter = /[\0-\x08\x0a-\x1f\x7f]/;

export const headerNameField = z.string().superRefine((name, context) => {
  if (!headerName.test(name))
    context.addIssue({ code: 'custom', message: 'a header name: letters, digits and -' });
  if (reservedHeaders.includes(name.toLowerCase())) {
    context.addIssue({ code: 'custom', message: `a header other than ${name}, which is written for you` });
  }
});

export const headersField = z
  .record(
    headerNameField,
    scalarText('a header value: text, a number or true/false').refine(
      (value) => !controlCharacter.test(value),
      {
        error: 'a header value on one line, without control characters',
      },
    ),
    { error: 'headers: a mapping of names to values' },
  )
  .describe('Header names to values; values may have {{variables}}.');
