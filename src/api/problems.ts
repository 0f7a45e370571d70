import type { DocumentProblem } from '../document/document-problem.ts';
import { PlanRefusedError, PolicyRefusedError, type StormdrainErrorName } from '../errors.ts';
import { type Answer, type ApiResponse, encodeAnswer } from './api-message.ts';
import type { ProblemCode } from './documents/problem.ts';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Seconds after which it makes sense to ask again. */
  readonly retryAfter?: number;
}

/** Every way to fail, by the code that clients decide on. */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  'bad-request': { status: 400, title: 'The request is not as documented' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'route-not-found': { status: 404, title: 'There is no such route' },
  'run-not-found': { status: 404, title: 'There is no such run' },
  'schedule-not-found': { status: 404, title: 'There is no such schedule' },
  'drain-not-found': { status: 404, title: 'There is no such drain' },
  'policy-not-found': { status: 404, title: 'There is no such scaling policy' },
  'query-not-found': { status: 404, title: 'There is no such query' },
  'log-table-not-found': { status: 404, title: 'There are no such logs' },
  'method-not-allowed': { status: 405, title: 'The route does not have this method' },
  'run-already-ended': { status: 409, title: 'The run has ended' },
  'drain-already-ended': { status: 409, title: 'The drain has ended' },
  'run-not-planned': { status: 409, title: 'The run is not planned yet', retryAfter: 2 },
  'run-not-ended': { status: 409, title: 'The run is still going on', retryAfter: 5 },
  conflict: { status: 409, title: 'Others changed the same thing', retryAfter: 1 },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of the wrong type' },
  'plan-invalid': { status: 422, title: 'The plan cannot be run as written' },
  'policy-refused': { status: 422, title: 'The scaling policy cannot be used as written' },
  'query-invalid': { status: 422, title: 'The question cannot be asked as written' },
  'preflight-failed': { status: 422, title: 'Something stands in the way of the run' },
  'idempotency-conflict': { status: 422, title: 'The idempotency key was used with another request' },
  'digest-mismatch': { status: 422, title: 'The content does not have this digest' },
  internal: { status: 500, title: 'Something went wrong here' },
  'not-available-here': { status: 501, title: 'Not available here' },
  unavailable: { status: 503, title: 'Not available for a moment', retryAfter: 5 },
};

/** Which code an error of src/errors.ts is told as. What `internal` hides is for whoever runs the server. */
const codeOfError: Readonly<Record<StormdrainErrorName, ProblemCode>> = {
  PlanInvalid: 'plan-invalid',
  PlanRefused: 'plan-invalid',
  TargetNotAllowed: 'plan-invalid',
  RunNotFound: 'run-not-found',
  RunAlreadyEnded: 'run-already-ended',
  RunNotPlanned: 'run-not-planned',
  FleetRefused: 'preflight-failed',
  BadInput: 'bad-request',
  IdempotencyConflict: 'idempotency-conflict',
  StoreConflict: 'conflict',
  FleetUnavailable: 'unavailable',
  StoreUnavailable: 'unavailable',
  WorkflowUnavailable: 'unavailable',
  ServiceUnavailable: 'unavailable',
  CallThrottled: 'unavailable',
  ClusterUnavailable: 'unavailable',
  BalancerUnavailable: 'unavailable',
  CapacityUnavailable: 'unavailable',
  WorkersNotReady: 'internal',
  WorkersLost: 'internal',
  DocumentInvalid: 'internal',
  // That of the server itself: its role lacks a permission.
  NotAllowed: 'internal',
  PlatformRefused: 'internal',
  ClusterRefused: 'internal',
  BalancerRefused: 'internal',
  CapacityRefused: 'internal',
  MetricsUnavailable: 'unavailable',
  MetricsRefused: 'internal',
  PolicyRefused: 'policy-refused',
  PolicyNotFound: 'policy-not-found',
  CatalogUnavailable: 'unavailable',
  SqlUnavailable: 'unavailable',
  CatalogRefused: 'internal',
  SqlRefused: 'internal',
  QueryInvalid: 'query-invalid',
  QueryNotFound: 'query-not-found',
  LogTableNotFound: 'log-table-not-found',
  DrainNotFound: 'drain-not-found',
  DrainAlreadyEnded: 'drain-already-ended',
};

/** What a problem may say beside its detail, by its code (documents/problem.ts). */
export interface ProblemExtras {
  readonly errors?: readonly RequestError[];
  readonly problems?: readonly DocumentProblem[];
  readonly reasons?: readonly string[];
}

export interface RequestError {
  readonly at: string;
  readonly expected: string;
}

const problemType = (code: ProblemCode): string => `urn:stormdrain:problem:${code}`;

/** A problem of RFC 9457. */
export const problemAnswer = (
  code: ProblemCode,
  detail: string,
  more: ProblemExtras = {},
  headers: Readonly<Record<string, string>> = {},
): ApiResponse => {
  const { status, title, retryAfter } = problemKinds[code];
  const document = { type: problemType(code), title, status, code, detail, ...more };
  const again = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  const answer: Answer = { status, document, headers: { ...again, ...headers } };
  return encodeAnswer(answer, 'application/problem+json');
};

const isKnown = (name: string): name is StormdrainErrorName => Object.hasOwn(codeOfError, name);

const planProblemsOf = (error: Error): ProblemExtras =>
  error instanceof PlanRefusedError || error instanceof PolicyRefusedError
    ? { problems: error.problems }
    : {};

/** What is told of an error; `isExpected` is false for one that belongs in the log. */
export const describeFailure = (
  error: unknown,
): { readonly response: ApiResponse; readonly isExpected: boolean } => {
  const code = error instanceof Error && isKnown(error.name) ? codeOfError[error.name] : 'internal';
  if (code === 'internal' || !(error instanceof Error)) {
    const detail = 'The request was not carried out, or not fully. The log of the server says why.';
    return { response: problemAnswer('internal', detail), isExpected: false };
  }
  // What may pass names services and keys, which is no business of a client.
  if (code === 'unavailable') {
    const detail = 'A service that this one stands on does not answer. Try again in a few seconds.';
    return { response: problemAnswer('unavailable', detail), isExpected: false };
  }
  return { response: problemAnswer(code, error.message, planProblemsOf(error)), isExpected: true };
};
