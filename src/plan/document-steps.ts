import { compile } from 'json-p3';
import { z } from 'zod';
import { duration, durationRange, mapping, regex, scalarText, text, whole } from './document-fields.ts';
import { isVariableName } from './template.ts';

export const methodKeys = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

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
const controlCharacter = /[\0-\x08\x0a-\x1f\x7f]/;

const headerNameField = z.string().superRefine((name, context) => {
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

const jsonValue = z.json({ error: 'a JSON value' });

const expectField = mapping('what to expect', {
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
const captureField = z
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

const urlText = 'a path that starts with / or an http(s) URL';
const methodField = (method: string) =>
  text(urlText).describe(`${method.toUpperCase()} this path of the target, or this absolute http(s) URL.`);

/** What a step may have beside the method, for a request. */
const requestFields = {
  name: text('a step name').describe(
    'What its numbers are listed under; by default method and path as written.',
  ),
  headers: headersField,
  body: z
    .string({ error: 'the body as text, or json or form for other kinds' })
    .describe('The body as text; may have {{variables}}.'),
  json: jsonValue.describe('The body as JSON; texts in it may have {{variables}}.'),
  form: z
    .record(z.string(), scalarText('a field value: text, a number or true/false'), {
      error: 'a form: a mapping of field names to values',
    })
    .describe('The body as form fields; values may have {{variables}}.'),
  timeout: duration('a timeout from 1ms to 1h, such as 10s', 0.001, 3600).describe(
    'From the request to its last byte.',
  ),
  expect: expectField,
  capture: captureField,
};

export const requestKeys = Object.keys(requestFields);

export const requestDocument = mapping('a request', {
  get: methodField('get'),
  post: methodField('post'),
  put: methodField('put'),
  patch: methodField('patch'),
  delete: methodField('delete'),
  head: methodField('head'),
  options: methodField('options'),
  ...requestFields,
}).partial();

export type RequestDocument = z.output<typeof requestDocument>;

/** One step with all that any kind may have; that it is one kind only is checked when it is compiled. */
export const stepDocument = mapping('a step', {
  ...requestDocument.shape,
  think: durationRange('a time such as 1s, or a range such as 100ms to 300ms, up to 1h', 3600)
    .describe('A pause: 1s, or evenly spread over 100ms to 300ms.')
    .optional(),
  repeat: whole('how often to repeat: a whole number from 1 to 10000', 1, 10_000)
    .describe('Plays `steps` this many times.')
    .optional(),
  get steps(): z.ZodOptional<z.ZodArray<z.ZodType>> {
    return z
      .array(stepDocument, { error: 'a list of steps' })
      .min(1, { error: 'at least one step' })
      .optional();
  },
}).meta({ id: 'step', description: 'A request, a pause (think) or a repetition (repeat).' });
