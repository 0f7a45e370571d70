import type { ProblemCode } from './documents/problem.ts';
import { problemDocument } from './documents/problem.ts';
import { componentSchemas, type Json, parametersOf, referenceTo } from './open-api-schemas.ts';
import { problemKinds } from './problems.ts';
import type { Route } from './route.ts';

type AnyRoute = Omit<Route<never>, 'handle'>;

const requestProblems = (route: AnyRoute): readonly ProblemCode[] => {
  const { path, query, body } = route.input;
  return [
    ...((path ?? query ?? body ?? route.input.headers) ? (['bad-request'] as const) : []),
    ...(body === undefined ? [] : (['malformed-json', 'body-too-large', 'unsupported-media-type'] as const)),
  ];
};

/** Whoever a route is served by may be unknown to the caller, not let him in, fail, or be unavailable. */
const anywhere: readonly ProblemCode[] = ['not-allowed', 'internal', 'unavailable'];

/** Every code a route may answer with, by status. */
export const problemsByStatus = (route: AnyRoute): ReadonlyMap<number, readonly ProblemCode[]> => {
  const byStatus = new Map<number, ProblemCode[]>();
  const codes = [...requestProblems(route), 'bad-request' as const, ...route.problems, ...anywhere];
  for (const code of new Set(codes)) {
    const { status } = problemKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
};

const problemResponse = (codes: readonly ProblemCode[]): Json => ({
  description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' '),
  ...(codes.some((code) => problemKinds[code].retryAfter !== undefined)
    ? { headers: { 'retry-after': { description: 'Seconds.', schema: { type: 'integer' } } } }
    : {}),
  content: { 'application/problem+json': { schema: referenceTo(problemDocument) } },
});

const answerDescriptions: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Created.',
  202: 'Asked for; it takes a moment to happen.',
  204: 'Done; there is nothing to say.',
};

const responsesOf = (route: AnyRoute): Json => {
  const answers = Object.entries(route.answers).map(([status, schema]) => [
    status,
    {
      description: answerDescriptions[Number(status)] ?? 'Done.',
      ...(schema === null ? {} : { content: { 'application/json': { schema: referenceTo(schema) } } }),
    },
  ]);
  const problems = [...problemsByStatus(route)].map(([status, codes]) => [status, problemResponse(codes)]);
  return Object.fromEntries([...answers, ...problems]);
};

const operationOf = (route: AnyRoute): Json => {
  const { path, query, headers, body, isBodyOptional = false } = route.input;
  const parameters = [
    ...(path === undefined ? [] : parametersOf('path', path)),
    ...(query === undefined ? [] : parametersOf('query', query)),
    ...(headers === undefined ? [] : parametersOf('header', headers)),
  ];
  const requestBody = { required: !isBodyOptional, content: { 'application/json': { schema: {} } } };
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { ...requestBody, content: { 'application/json': { schema: referenceTo(body) } } } }),
    responses: responsesOf(route),
  };
};

const pathsOf = (routes: readonly AnyRoute[]): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const methods = paths[route.path] ?? {};
    methods[route.method.toLowerCase()] = operationOf(route);
    paths[route.path] = methods;
  }
  return paths;
};

/** The API as OpenAPI 3.1, made of the route table and the schemas that requests are checked with. */
export const openApi = (routes: readonly AnyRoute[]): Json => ({
  openapi: '3.1.1',
  info: {
    title: 'stormdrain',
    version: '1',
    description:
      'Starts load tests, watches and changes them while they run, and hands back what they came to. Drains instances of clusters, and shows how that went.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  security: [{ signature: [] }],
  paths: pathsOf(routes),
  components: {
    securitySchemes: {
      signature: {
        type: 'apiKey',
        in: 'header',
        name: 'authorization',
        description:
          'AWS Signature Version 4 for the service execute-api, by whoever may execute-api:Invoke. A server on this machine asks for none.',
        'x-amazon-apigateway-authtype': 'awsSigv4',
      },
    },
    schemas: componentSchemas(),
  },
});

/** The text of `schema/openapi.json`. */
export const formatOpenApi = (routes: readonly AnyRoute[]): string =>
  `${JSON.stringify(openApi(routes), null, 2)}\n`;
