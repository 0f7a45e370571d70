import type * as z from 'zod/mini';
import { type ApiRequest, type ApiResponse, largestBodyBytes } from './api-message.ts';
import { problemAnswer, type RequestError } from './problems.ts';
import type { CheckedInput, Route } from './route.ts';

export type ReadRequest =
  | { readonly kind: 'input'; readonly input: CheckedInput }
  | { readonly kind: 'refused'; readonly response: ApiResponse };

type Part = 'path' | 'query' | 'header' | 'body';

const placeOf = (part: Part, path: readonly PropertyKey[]): string =>
  path.reduce<string>((place, key) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    return /^[\w-]+$/.test(String(key))
      ? `${place}.${String(key)}`
      : `${place}[${JSON.stringify(String(key))}]`;
  }, part);

const expectedOf = (message: string): string => message.replace(/^expected /, '');

const errorsOf = (part: Part, error: z.core.$ZodError): readonly RequestError[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          at: placeOf(part, [...issue.path, key]),
          expected: `nothing of this name; ${expectedOf(issue.message)}`,
        }))
      : [{ at: placeOf(part, issue.path), expected: expectedOf(issue.message) }],
  );

const isJson = (contentType: string | undefined): boolean =>
  /^application\/([\w.-]+\+)?json *(;|$)/i.test(contentType ?? '');

const refused = (response: ApiResponse): ReadRequest => ({ kind: 'refused', response });

type ParsedBody = { readonly value: unknown } | { readonly response: ApiResponse };

const parseBody = ({ body, headers }: ApiRequest, isOptional: boolean): ParsedBody => {
  if (body.length > largestBodyBytes) {
    const detail = `Expected a body of at most ${largestBodyBytes} bytes. Files go to the address that POST /uploads gives.`;
    return { response: problemAnswer('body-too-large', detail) };
  }
  if (body.length === 0 && isOptional) return { value: {} };
  if (!isJson(headers['content-type'])) {
    const given = headers['content-type'] ?? 'none';
    return {
      response: problemAnswer(
        'unsupported-media-type',
        `Expected a body with content-type application/json, not ${given}.`,
      ),
    };
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    return { response: problemAnswer('malformed-json', `Expected a JSON document: ${reason}.`) };
  }
};

/** Checks every part of a request; all that is wrong is told together. */
export const readRequest = <Ports>({ input }: Route<Ports>, request: ApiRequest): ReadRequest => {
  const body =
    input.body === undefined ? { value: undefined } : parseBody(request, input.isBodyOptional === true);
  if ('response' in body) return refused(body.response);
  const errors: RequestError[] = [];
  const check = (part: Part, schema: z.ZodMiniType | undefined, value: unknown): unknown => {
    if (schema === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (!parsed.success) errors.push(...errorsOf(part, parsed.error));
    return parsed.data;
  };
  const checked = {
    path: check('path', input.path, request.path),
    query: check('query', input.query, request.query),
    headers: check('header', input.headers, request.headers),
    body: check('body', input.body, body.value),
    request,
  };
  if (input.query === undefined)
    for (const name of Object.keys(request.query))
      errors.push({ at: placeOf('query', [name]), expected: 'no parameters in the query' });
  if (errors.length === 0) return { kind: 'input', input: checked };
  const detail = errors.map(({ at, expected }) => `${at}: expected ${expected}`).join('; ');
  return refused(problemAnswer('bad-request', detail, { errors }));
};
