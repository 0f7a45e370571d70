import { type ApiRequest, type ApiResponse, encodeAnswer } from './api-message.ts';
import { describeFailure, problemAnswer } from './problems.ts';
import { readRequest } from './read-request.ts';
import type { Route, RouteFacts } from './route.ts';

/** Told of every error that a client is not told about. */
export type ReportFailure = (error: unknown, operationId: string) => void;

/** Checks a request, has the route carry it out, and turns whatever is thrown into a problem. Never rejects. */
export const answerRequest = async <Ports>(
  route: Route<Ports>,
  platform: () => Ports,
  request: ApiRequest,
  report: ReportFailure,
): Promise<ApiResponse> => {
  try {
    const read = readRequest(route, request);
    if (read.kind === 'refused') return read.response;
    return encodeAnswer(await route.handle(platform(), read.input), 'application/json');
  } catch (error) {
    if (error instanceof AnsweredError) return error.response;
    const { response, isExpected } = describeFailure(error);
    if (!isExpected) report(error, route.operationId);
    return response;
  }
};

/** Thrown by a handler that has a problem to answer with. */
export class AnsweredError extends Error {
  override readonly name = 'Answered';
  readonly response: ApiResponse;

  constructor(response: ApiResponse) {
    super(`answered with status ${response.status}`);
    this.response = response;
  }
}

/** The answer to a path or a method that no route has. */
export const unknownRoute = (
  routes: readonly Pick<RouteFacts, 'method' | 'path'>[],
  method: string,
  path: string,
): ApiResponse => {
  const allowed = routes
    .filter((route) => matchPath(route.path, path) !== undefined)
    .map((each) => each.method);
  if (allowed.length === 0) {
    return problemAnswer(
      'route-not-found',
      `There is no ${path.slice(0, 200)}. GET /openapi.json lists the routes.`,
    );
  }
  const allow = allowed.join(', ');
  return problemAnswer(
    'method-not-allowed',
    `${method.slice(0, 20)} is not among its methods: ${allow}.`,
    {},
    { allow },
  );
};

/** The values of a path's `{parts}`, decoded; undefined when it isn't that path. */
export const matchPath = (pattern: string, path: string): Readonly<Record<string, string>> | undefined => {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== value) return undefined;
    } else {
      if (value === '') return undefined;
      try {
        values[name] = decodeURIComponent(value);
      } catch {
        // As it was written: the name's own schema refuses it.
        values[name] = value;
      }
    }
  }
  return values;
};
