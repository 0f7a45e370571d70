import { compile } from 'json-p3';
import * as z from 'zod';
import { mapping, whole } from '../document/document-fields.ts';
import { jsonValue, regex } from './document-fields.ts';
import { headerNameField } from './document-headers.ts';
import { isVariableName } from './template.ts';

const jsonPathField = z.string().superRefine((path, context) => {
  try {
    compile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `a JSONPath such as $.state or $[0].id (${reason})` });
  }
});

const textMatchField = z
  .union(
    [
      z.string(),
      z.strictObject({ equals: z.string() }),
      z.strictObject({ contains: z.string() }),
      z.strictObject({ matches: z.string() }),
    ],
    { error: 'a text, or one of { equals: text }, { contains: text }, { matches: regex }' },
  )
  .superRefine((match, context) => {
    if (typeof match === 'string' || !('matches' in match)) return;
    for (const issue of regex('a regular expression').safeParse(match.matches).error?.issues ?? []) {
      context.addIssue({ code: 'custom', message: issue.message });
    }
  });

const statusExpectation = 'a status such as 200, a list such as [200, 201], or a class such as 2xx';
const oneStatus = z.union(
  [
    whole(statusExpectation, 100, 599),
    z.string({ error: statusExpectation }).regex(/^[1-5](xx|XX|\d\d)$/, { error: statusExpectation }),
  ],
  { error: statusExpectation },
);

export const expectField = mapping('what to expect', {
  status: z
    .union([oneStatus, z.array(oneStatus).min(1, { error: statusExpectation })], { error: statusExpectation })
    .describe('200, [200, 201], or "2xx". Without it, any status below 400 is accepted.'),
  headers: z
    .record(headerNameField.pipe(z.string()), textMatchField, {
      error: 'a mapping of header names to what they hold',
    })
    .describe('Header names to a text they must equal, or { equals | contains | matches }.'),
  json: z
    .record(jsonPathField, jsonValue, { error: 'a mapping of JSONPaths to values' })
    .describe('JSONPaths to the values they must have.'),
  body: textMatchField.describe('A text the body must contain, or { equals | contains | matches }.'),
})
  .partial()
  .describe('All of these must hold, or the step fails.');

const captureForms = 'one of { json: JSONPath }, { regex: pattern }, { header: name }';
export const captureField = z
  .record(
    z.string().refine(isVariableName, {
      error: 'a variable name: letters, digits, _ . and -, starting with a letter or _',
    }),
    mapping('a capture', {
      json: jsonPathField.describe('JSONPath; the first value it finds.'),
      regex: regex('a regular expression').describe('The first group, or the whole match without one.'),
      header: headerNameField.describe('The value of this response header.'),
    })
      .partial()
      .refine((capture) => Object.keys(capture).length === 1, { error: captureForms }),
    { error: 'captures: a mapping of variable names to where the value is found' },
  )
  .describe('Puts parts of the response into variables for later steps.');
