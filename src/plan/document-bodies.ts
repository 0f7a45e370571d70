import * as z from 'zod';
import { mapping, text } from '../document/document-fields.ts';
import { jsonValue, scalarText } from './document-fields.ts';
import { controlCharacter } from './document-headers.ts';

/** RFC 6838, 4.2: type and subtype, and what may follow a semicolon. */
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;[^\r\n]*)?$/;

const partFile = mapping('a file to send', {
  file: text('the name of a file, relative to the plan').describe('A file, relative to the plan.'),
  name: text('a file name')
    .refine((name) => !controlCharacter.test(name), { error: 'a file name without control characters' })
    .describe('The file name that is sent; by default the name of the file.')
    .optional(),
  type: text('a media type such as image/png')
    .regex(mediaType, { error: 'a media type such as image/png' })
    .describe('The content-type of the part; by default application/octet-stream.')
    .optional(),
});

const partText = 'a field: text, a number, true/false, or { file: FILE, name: shown.png, type: image/png }';

const partField = z.union([z.string(), z.number(), z.boolean(), partFile], { error: partText });

const partName = z.string().refine((name) => name !== '' && !controlCharacter.test(name), {
  error: 'a field name without control characters',
});

/** The bodies that a request may have, one of them at most. */
export const bodyFields = {
  body: z
    .string({ error: 'the body as text, or json or form for other kinds' })
    .describe('The body as text; may have {{variables}}.'),
  json: jsonValue.describe('The body as JSON; texts in it may have {{variables}}.'),
  form: z
    .record(z.string(), scalarText('a field value: text, a number or true/false'), {
      error: 'a form: a mapping of field names to values',
    })
    .describe('The body as form fields; values may have {{variables}}.'),
  upload: text('the name of a file, relative to the plan').describe(
    'The body is this file, relative to the plan, byte for byte.',
  ),
  multipart: z
    .record(partName, partField, { error: 'a mapping of field names to texts or files' })
    .refine((fields) => Object.keys(fields).length > 0, { error: 'at least one field' })
    .describe('The body as multipart/form-data; texts may have {{variables}}.'),
};

export type PartDocument = z.output<typeof partField>;
