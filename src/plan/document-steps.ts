import * as z from 'zod';
import { duration, mapping, text, whole } from '../document/document-fields.ts';
import { bodyFields } from './document-bodies.ts';
import { durationRange } from './document-fields.ts';
import { headersField } from './document-headers.ts';
import { captureField, expectField } from './document-response.ts';
import { authDocument, redirectsField } from './document-settings.ts';

export const methodKeys = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

const urlText = 'a path that starts with / or an http(s) URL';
const methodField = (method: string) =>
  text(urlText).describe(`${method.toUpperCase()} this path of the target, or this absolute http(s) URL.`);

const hookName = text('the name of a function that the hook file exports');

/** What a step may have beside the method, for a request. */
const requestFields = {
  name: text('a step name').describe(
    'What its numbers are listed under; by default method and path as written.',
  ),
  headers: headersField,
  ...bodyFields,
  auth: authDocument.describe('Basic authentication; values may have {{variables}}.'),
  redirects: redirectsField.describe(
    'How many redirects are followed in a row; 0 takes a redirect for the answer.',
  ),
  before: hookName.describe('A function of the hook file, called with the request before it is sent.'),
  after: hookName.describe('A function of the hook file, called with the response before it is checked.'),
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
  while: text('a condition such as {{state}} != ready')
    .describe(
      "Plays `steps` as long as LEFT == RIGHT or LEFT != RIGHT; checked before each pass; '' is an empty text.",
    )
    .optional(),
  max: whole('the most passes: a whole number from 1 to 10000', 1, 10_000)
    .describe('After this many passes of `while` the scenario goes on.')
    .optional(),
  get steps(): z.ZodOptional<z.ZodArray<z.ZodType>> {
    return z
      .array(stepDocument, { error: 'a list of steps' })
      .min(1, { error: 'at least one step' })
      .optional();
  },
}).meta({ id: 'step', description: 'A request, a pause (think), a repetition (repeat) or a loop (while).' });
